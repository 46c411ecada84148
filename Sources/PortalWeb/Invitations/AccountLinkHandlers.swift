import HTTPCore
import HTTPServer
import Portal

/// The pages of invitations and password resets: whoever has the link chooses a password, once.
enum AccountLinkHandlers {
    static func register(on router: inout Router) {
        for kind in AccountLink.Kind.allCases {
            router.on(.get, kind.pattern, access: .anyone, body: .credentials) { try await show(kind, $0) }
            router.on(.post, kind.pattern, access: .anyone, body: .credentials) { try await use(kind, $0) }
        }
    }

    private static func show(_ kind: AccountLink.Kind, _ context: RequestContext) async throws -> HTTPResponse {
        let responder = PageResponder(context, language: language(context))
        let secret = context.parameter ?? ""
        guard let link = try await context.services.identity.link(kind, secret: secret) else {
            return try ended(kind, responder)
        }
        return try responder.respond(page(kind, link, secret: secret, error: nil, responder))
    }

    private static func use(_ kind: AccountLink.Kind, _ context: RequestContext) async throws -> HTTPResponse {
        let responder = PageResponder(context, language: language(context))
        let identity = context.services.identity
        let secret = context.parameter ?? ""
        guard let link = try await identity.link(kind, secret: secret) else { return try ended(kind, responder) }
        do {
            try await identity.use(
                kind,
                secret: secret,
                password: context.form.first(named: "password") ?? "",
                requestID: context.request.id
            )
        } catch let error as PortalError where error.code == .notFound {
            return try ended(kind, responder)
        } catch let error as PortalError where error.code == .invalidArgument {
            let text = error.fields.first.map { responder.writer.text($0) } ?? responder.writer.text(error)
            let page = page(kind, link, secret: secret, error: text, responder)
            return try responder.respond(page, .init(status: .badRequest))
        }
        // The browser may be signed in as somebody else, and every session of this account has ended.
        var response = responder.redirect(to: Route.loginPage.path, .passwordSet)
        SessionCookie.expire(on: &response, context)
        return response
    }

    private static func ended(_ kind: AccountLink.Kind, _ responder: PageResponder) throws -> HTTPResponse {
        let writer = responder.writer
        let page = AccountLinkEndedPage(
            title: writer.text("accountLink.endedTitle"),
            text: writer.text("accountLink.\(kind.rawValue).ended"),
            signIn: LinkModel(href: Route.loginPage.path, label: writer.text("errors.signIn"), isPrimary: true)
        )
        return try responder.respond(page, .init(status: .notFound))
    }

    private static func page(
        _ kind: AccountLink.Kind,
        _ link: AccountLink,
        secret: String,
        error: String?,
        _ responder: PageResponder
    ) -> AccountLinkPage {
        let writer = responder.writer
        return AccountLinkPage(
            title: writer.text("accountLink.\(kind.rawValue).title"),
            lead: writer.text("accountLink.\(kind.rawValue).lead", ["name": .text(link.name)]),
            action: kind.route(secret).path,
            lang: language(responder.context)?.rawValue,
            errorSummary: error.map {
                ErrorSummaryModel(
                    title: writer.text("accountLink.failed"),
                    items: [ErrorSummaryModel.Item(text: $0, href: "#password")]
                )
            },
            email: FactModel(name: writer.text("signIn.email"), value: link.email),
            password: FieldModel(
                id: "password",
                name: "password",
                label: writer.text("accountLink.password"),
                type: "password",
                hint: writer.text(
                    "accountLink.passwordHint",
                    ["count": .number(responder.context.services.identity.passwordLengthMin)]
                ),
                autocomplete: "new-password",
                maxLength: PortalLimits.Identity.passwordLengthMax,
                isRequired: true,
                error: error
            ).described,
            submit: writer.text("accountLink.submit")
        )
    }

    /// The language chosen by a link on the page, which its form takes along.
    private static func language(_ context: RequestContext) -> PortalLanguage? {
        (context.form.first(named: "lang") ?? context.query.first(named: "lang"))
            .flatMap(PortalLanguage.init(rawValue:))
    }
}

extension AccountLink.Kind {
    /// The path template of the page that the link opens.
    var pattern: RoutePattern {
        switch self {
        case .invitation: .invitationPage
        case .passwordReset: .passwordResetPage
        }
    }

    /// The page that a link opens.
    func route(_ secret: String) -> Route {
        switch self {
        case .invitation: .invitationPage(secret)
        case .passwordReset: .passwordResetPage(secret)
        }
    }
}
