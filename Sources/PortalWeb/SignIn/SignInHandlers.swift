import HTTPCore
import HTTPServer
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
        let page = page(responder.writer, language(context), email: "", next: next, error: nil)
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
            var response = responder.redirect(to: next)
            SessionCookie.issue(signIn, on: &response, context)
            return response
        } catch let error as PortalError where [.unauthenticated, .invalidArgument, .rateLimited].contains(error.code) {
            let isMissing = email.isEmpty || password.isEmpty
            let text = text(of: error, isMissing: isMissing, responder.writer)
            let page = page(responder.writer, language(context), email: email, next: next, error: text)
            var response = try responder.respond(page, .init(status: ProblemCode(error.code).status))
            if let seconds = error.retryAfter?.components.seconds {
                response.headers.set("Retry-After", String(max(1, seconds)))
            }
            return response
        }
    }

    private static func signOut(_ context: RequestContext) async throws -> HTTPResponse {
        var response = HTTPResponse.redirect(to: Route.loginPage.path)
        if let session = context.session, let caller = context.caller {
            try await context.services.identity.signOut(sessionToken: session.token, as: caller)
            Flash.signOut.leave(on: &response, context)
        }
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
            let seconds = Int(error.retryAfter?.components.seconds ?? 60)
            return writer.text("signIn.tooMany", ["wait": .text(writer.duration(seconds: max(1, seconds)))])
        }
        return writer.text(isMissing ? "signIn.missing" : "signIn.wrong")
    }

    private static func page(
        _ writer: Localizer,
        _ language: PortalLanguage?,
        email: String,
        next: String,
        error: String?
    ) -> SignInPage {
        SignInPage(
            title: writer.text("signIn.title"),
            next: next,
            lang: language?.rawValue,
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
            )
        )
    }
}
