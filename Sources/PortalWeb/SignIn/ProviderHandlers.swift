import HTTPCore
import HTTPServer
import Portal

/// Signing in at an identity provider: away and back, and signing out there.
///
/// Leaving is a link and no form: `form-action 'self'` of the content security policy also forbids what a form is
/// redirected to.
enum ProviderHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .providerSignIn, access: .anyone, handler: begin)
        router.on(.get, .providerCallback, access: .anyone, handler: finish)
        router.on(.get, .providerSignOut, access: .anyone, handler: signOut)
    }

    private static func begin(_ context: RequestContext) async throws -> HTTPResponse {
        let id = context.parameter ?? ""
        let next = SafePath.page(context.query.first(named: "next"))
        // Another site shall not begin a sign-in in a reader's name; the sign-in page is where it begins.
        let site = context.request.headers["Sec-Fetch-Site"] ?? "none"
        guard site == "same-origin" || site == "none" else { return .redirect(to: Route.loginPage.path) }
        do {
            let departure = try await context.services.providers.begin(
                id,
                next: next,
                redirectURI: redirectURI(id, context),
                client: context.client
            )
            var response = HTTPResponse.redirect(to: departure.url)
            ProviderCookie.issue(departure.browserSecret, on: &response, context)
            return response
        } catch let error as PortalError where [.rateLimited, .unavailable].contains(error.code) {
            return try SignInHandlers.refusal(error, next: next, context)
        }
    }

    private static func finish(_ context: RequestContext) async throws -> HTTPResponse {
        let id = context.parameter ?? ""
        let query = context.query
        let answer = ProviderSignInService.Answer(
            state: query.first(named: "state") ?? "",
            code: query.first(named: "code") ?? "",
            issuer: query.first(named: "iss"),
            error: query.first(named: "error")
        )
        var response: HTTPResponse
        do {
            let (signIn, next) = try await context.services.providers.finish(
                id,
                answer,
                browserSecret: ProviderCookie.secret(context.request),
                redirectURI: redirectURI(id, context),
                client: context.client
            )
            response = .redirect(to: SafePath.page(next))
            SessionCookie.issue(signIn, on: &response, context)
        } catch let error as PortalError where [.unauthenticated, .rateLimited, .unavailable].contains(error.code) {
            response = try SignInHandlers.refusal(error, next: Route.homePage.path, context)
        }
        ProviderCookie.expire(on: &response, context)
        return response
    }

    private static func signOut(_ context: RequestContext) async throws -> HTTPResponse {
        let returnTo = context.publicURL + Route.loginPage.path
        let url = try await context.services.providers.endSessionURL(context.parameter ?? "", returnTo: returnTo)
        return .redirect(to: url ?? Route.loginPage.path)
    }

    private static func redirectURI(_ id: String, _ context: RequestContext) -> String {
        context.publicURL + Route.providerCallback(id).path
    }
}

/// The cookie that binds a sign-in at a provider to the browser that began it.
///
/// `Lax`, because the provider sends the browser back by a navigation from its own site.
enum ProviderCookie {
    private static let name = "portal_provider"
    /// Only the addresses of these sign-ins get it.
    private static let path = "/login/oidc"

    static func secret(_ request: HTTPRequest) -> String? { Cookies(request.headers)[name] }

    static func issue(_ secret: String, on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = SetCookie(name: name, value: secret)
        cookie.maxAgeSeconds = 600
        set(cookie, on: &response, context)
    }

    static func expire(on response: inout HTTPResponse, _ context: RequestContext) {
        set(.removal(of: name), on: &response, context)
    }

    private static func set(_ cookie: SetCookie, on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = cookie
        cookie.path = path
        cookie.isSecure = context.isSecure
        response.setCookie(cookie)
    }
}

extension RequestContext {
    /// Who sends the request, as far as the server knows.
    var client: ClientInfo {
        ClientInfo(
            address: request.remoteAddress,
            userAgent: request.headers["User-Agent"] ?? "",
            requestID: request.id
        )
    }

    /// The address people reach the portal at, without a slash at its end.
    var publicURL: String {
        let url =
            environment.configuration.publicURL
            ?? "\(request.connection.scheme)://\(request.headers["Host"] ?? "localhost")"
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}
