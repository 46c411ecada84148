import HTTPCore
import HTTPServer
import JSON
import Portal

/// Signing in and out, and the reader's settings.
enum SignInHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .loginPage, access: .anyone, body: .credentials, handler: show)
        router.on(.post, .loginPage, access: .anyone, body: .credentials, handler: signIn)
        router.on(.post, .logoutPage, access: .anyone, body: .credentials, handler: signOut)
        router.on(.post, .preferencesPage, handler: savePreferences)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let next = SafePath.page(context.query.first(named: "next"))
        guard context.caller == nil else { return .redirect(to: next) }
        let responder = PageResponder(context, language: language(context))
        var page = page(context, responder.writer, email: "", next: next, error: nil)
        page.signedOutAt = signedOutAt(context, responder.writer)
        return try responder.respond(page)
    }

    private static func signIn(_ context: RequestContext) async throws -> HTTPResponse {
        let form = context.form
        let next = SafePath.page(form.first(named: "next"))
        let responder = PageResponder(context, language: language(context))
        let email = form.first(named: "email") ?? ""
        let password = form.first(named: "password") ?? ""
        do {
            let signIn = try await context.services.identity.signIn(
                email: email,
                password: password,
                clientAddress: context.request.remoteAddress,
                userAgent: context.request.headers["User-Agent"] ?? "",
                requestID: context.request.id
            )
            try await keepLanguage(of: signIn, context)
            let target = signIn.failures == nil ? next : SecurityPageHandlers.path(next: next)
            var response = responder.redirect(to: target)
            SessionCookie.issue(signIn, on: &response, context)
            return response
        } catch let error as PortalError where [.unauthenticated, .invalidArgument, .rateLimited].contains(error.code) {
            let isMissing = email.isEmpty || password.isEmpty
            return try refusal(error, isMissing: isMissing, email: email, next: next, context)
        }
    }

    /// The sign-in page with what went wrong.
    static func refusal(
        _ error: PortalError,
        isMissing: Bool = false,
        email: String = "",
        next: String,
        _ context: RequestContext
    ) throws -> HTTPResponse {
        let responder = PageResponder(context, language: language(context))
        let text = text(of: error, isMissing: isMissing, responder.writer)
        let page = page(context, responder.writer, email: email, next: next, error: text)
        var response = try responder.respond(page, .init(status: ProblemCode(error.code).status))
        if let seconds = error.retryAfter?.components.seconds {
            response.headers.set("Retry-After", String(max(1, seconds)))
        }
        return response
    }

    private static func signOut(_ context: RequestContext) async throws -> HTTPResponse {
        var provider: String?
        if let session = context.session, let caller = context.caller {
            provider = try await context.services.identity.signOut(sessionToken: session.token, as: caller)
        }
        var query = QueryItems()
        if let provider { query.add("from", provider) }
        let path = Route.loginPage.path
        var response = HTTPResponse.redirect(to: provider == nil ? path : "\(path)?\(query.encoded)")
        if context.session != nil { Flash.signOut.leave(on: &response, context) }
        SessionCookie.expire(on: &response, context)
        return response
    }

    private static func savePreferences(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        var preferences = UserPreferences(of: caller.user)
        preferences.locale = context.form.first(named: "locale").flatMap(UserLocale.init(rawValue:))
        if let theme = context.form.first(named: "theme").flatMap(UserTheme.init(rawValue:)) {
            preferences.theme = theme
        }
        _ = try await context.services.identity.updatePreferences(preferences, as: caller)
        return PageResponder(context).redirect(to: SafePath.page(context.form.first(named: "next")), .preferences)
    }

    /// Who changed the language on the sign-in page keeps it, unless a language was chosen before.
    private static func keepLanguage(of signIn: SignIn, _ context: RequestContext) async throws {
        guard signIn.user.locale == nil, let language = language(context) else { return }
        let identity = context.services.identity
        guard let caller = try await identity.authenticate(sessionToken: signIn.token, requestID: context.request.id)
        else { return }
        var preferences = UserPreferences(of: signIn.user)
        preferences.locale = language
        _ = try await identity.updatePreferences(preferences, as: caller)
    }

    /// The language chosen by a link on the sign-in page, which its form takes along.
    private static func language(_ context: RequestContext) -> PortalLanguage? {
        (context.form.first(named: "lang") ?? context.query.first(named: "lang"))
            .flatMap(PortalLanguage.init(rawValue:))
    }

    private static func text(of error: PortalError, isMissing: Bool, _ writer: Localizer) -> String {
        if error.code == .rateLimited {
            return writer.lockText(error) ?? writer.text("signIn.tooMany", ["wait": .text(writer.wait(error))])
        }
        if let reason = error.extensions["reason"]?.string,
            let text = writer.textIfPresent("signIn.provider.\(reason)")
        {
            return text
        }
        return writer.text(isMissing ? "signIn.missing" : "signIn.wrong")
    }

    /// The other ways to sign in, which lead to the same page.
    private static func providers(
        _ context: RequestContext,
        _ writer: Localizer,
        next: String
    ) -> [SignInPage.ProviderLink] {
        var query = QueryItems()
        query.add("next", next)
        return context.services.providers.offers.map { offer in
            SignInPage.ProviderLink(
                href: "\(Route.providerSignIn(offer.id).path)?\(query.encoded)",
                label: writer.language == .simplifiedChinese ? offer.buttonChinese : offer.buttonEnglish
            )
        }
    }

    /// The way to sign out at the provider that a session came from.
    private static func signedOutAt(_ context: RequestContext, _ writer: Localizer) -> SignInPage.ProviderLink? {
        guard let id = context.query.first(named: "from"),
            context.services.providers.offers.contains(where: { $0.id == id })
        else { return nil }
        let href = Route.providerSignOut(id).path
        return SignInPage.ProviderLink(href: href, label: writer.text("signIn.signOutThere"))
    }

    private static func page(
        _ context: RequestContext,
        _ writer: Localizer,
        email: String,
        next: String,
        error: String?
    ) -> SignInPage {
        SignInPage(
            title: writer.text("signIn.title"),
            next: next,
            lang: language(context)?.rawValue,
            errorSummary: error.map { ErrorSummaryModel(title: $0) },
            email: FieldModel(
                id: "email",
                name: "email",
                label: writer.text("signIn.email"),
                value: email,
                type: "email",
                autocomplete: "username",
                maxLength: PortalLimits.Identity.emailLengthMax,
                isRequired: true
            ),
            password: FieldModel(
                id: "password",
                name: "password",
                label: writer.text("signIn.password"),
                type: "password",
                autocomplete: "current-password",
                maxLength: PortalLimits.Identity.passwordLengthMax,
                isRequired: true
            ),
            providers: providers(context, writer, next: next)
        )
    }
}
