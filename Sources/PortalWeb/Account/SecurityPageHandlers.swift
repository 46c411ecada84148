import HTTPCore
import HTTPServer
import Portal

/// The page of one's own sign-ins and password.
enum SecurityPageHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .securityPage, handler: show)
        router.on(.post, .securityPageSeen, handler: confirm)
        router.on(.post, .securityPagePassword, body: .credentials, handler: changePassword)
        router.on(.post, .securityPageEndSession, handler: endSession)
        router.on(.post, .securityPageEndOthers, handler: endOthers)
    }

    /// The path of the page that leads on to another one.
    static func path(next: String) -> String {
        var query = QueryItems()
        query.add("next", next)
        return "\(Route.securityPage.path)?\(query.encoded)"
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        try await respond(context, refused: nil)
    }

    private static func confirm(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        if let id = context.form.first(named: "upTo").flatMap(AccountNoticeID.init) {
            try await context.services.identity.markNoticesSeen(upTo: id, as: caller)
        }
        return PageResponder(context).redirect(to: SafePath.page(context.form.first(named: "next")))
    }

    private static func changePassword(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        do {
            try await context.services.identity.changePassword(
                from: context.form.first(named: "currentPassword") ?? "",
                to: context.form.first(named: "newPassword") ?? "",
                as: caller
            )
        } catch let error as PortalError {
            guard let refused = RefusedForm("password", QueryItems(), error) else { throw error }
            return try await respond(context, refused: refused)
        }
        return PageResponder(context).redirect(to: Route.securityPage.path, .password)
    }

    private static func endSession(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.identity.endSession(try context.pathID(), as: try context.requireCaller())
        return PageResponder(context).redirect(to: Route.securityPage.path, .sessionEnd)
    }

    private static func endOthers(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.identity.endOtherSessions(as: try context.requireCaller())
        return PageResponder(context).redirect(to: Route.securityPage.path, .sessionsEnd)
    }

    private static func respond(_ context: RequestContext, refused: RefusedForm?) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let identity = context.services.identity
        async let notices = identity.notices(as: caller).items
        async let hasPassword = identity.hasPassword(caller)
        async let sessions = identity.sessions(as: caller)
        let responder = PageResponder(context)
        let page = SecurityPage(
            notices: try await notices,
            sessions: try await sessions,
            owner: caller.user,
            hasPassword: try await hasPassword,
            next: SafePath.page(context.query.first(named: "next")),
            refused: refused,
            lengthMin: identity.passwordLengthMin,
            responder.writer
        )
        return try responder.respond(page, .init(status: RefusedForm.status(of: refused)))
    }
}

extension SecurityPage {
    /// The page of an account; without a password it signs in elsewhere.
    init(
        notices: [AccountNotice],
        sessions: [UserSession],
        owner: User,
        hasPassword: Bool,
        next: String,
        refused: RefusedForm?,
        lengthMin: Int,
        _ writer: Localizer
    ) {
        let unseen = notices.filter { $0.seenAt == nil }
        title = writer.text("security.title")
        let errors = refused?.error.fields ?? []
        errorSummary = refused.map { refused in
            ErrorSummaryModel(
                title: errors.isEmpty ? writer.text(refused.error) : writer.text("security.failed"),
                items: errors.map { .init(text: writer.text($0), href: "#\($0.field)") }
            )
        }
        unread = unseen.first.map { newest in
            Unread(
                notices: unseen.map { Notice($0, writer) },
                action: Route.securityPageSeen.path,
                upTo: newest.id.description,
                next: next
            )
        }
        past = notices.filter { $0.seenAt != nil }.map { Notice($0, writer) }
        passwordAction = Route.securityPagePassword.path
        form = hasPassword ? PasswordForm(owner, errors: errors, lengthMin: lengthMin, writer) : nil
        lastSignIn = owner.signedInAt.map { writer.time($0) }
        self.sessions = sessions.map { Session($0, writer) }
        endOthersAction = sessions.contains { !$0.isCurrent } ? Route.securityPageEndOthers.path : nil
    }
}

extension SecurityPage.Session {
    fileprivate init(_ session: UserSession, _ writer: Localizer) {
        let browser = BrowserName(userAgent: session.userAgent)
        let known = browser.map { name in
            writer.text("security.browserOn", ["browser": .text(name.browser), "system": .text(name.system)])
        }
        let shown = known ?? (session.userAgent.isEmpty ? writer.text("security.unknownBrowser") : session.userAgent)
        let way = session.provider ?? writer.text("security.byPassword")
        self.init(
            name: shown,
            place: writer.text("security.place", ["address": .text(session.clientAddress), "way": .text(way)]),
            isCurrent: session.isCurrent,
            createdAt: writer.time(session.createdAt),
            lastSeenAt: writer.time(session.lastSeenAt),
            end: session.isCurrent
                ? nil
                : SecurityPage.End(
                    action: Route.securityPageEndSession(session.id).path,
                    label: writer.text("security.endSession", ["name": .text(shown)])
                )
        )
    }
}

extension SecurityPage.Notice {
    fileprivate init(_ notice: AccountNotice, _ writer: Localizer) {
        let failures = notice.failures
        text = writer.text(
            "security.failures",
            ["count": .number(failures.count), "since": .text(writer.time(failures.firstAt).absolute)]
        )
        addresses = writer.text("security.addresses", ["addresses": .text(failures.addresses.joined(separator: ", "))])
        lockOut =
            failures.refused == 0 ? nil : writer.text("security.lockOut", ["count": .number(failures.refused)])
        createdAt = writer.time(notice.createdAt)
    }
}

extension SecurityPage.PasswordForm {
    fileprivate init(_ user: User, errors: [FieldError], lengthMin: Int, _ writer: Localizer) {
        func error(_ field: String) -> String? { errors.first { $0.field == field }.map { writer.text($0) } }
        let lengthMax = PortalLimits.Identity.passwordLengthMax
        username = user.email
        current =
            FieldModel(
                id: "currentPassword",
                name: "currentPassword",
                label: writer.text("security.current"),
                type: "password",
                autocomplete: "current-password",
                maxLength: lengthMax,
                isRequired: true,
                error: error("currentPassword")
            ).described
        new =
            FieldModel(
                id: "newPassword",
                name: "newPassword",
                label: writer.text("security.new"),
                type: "password",
                hint: writer.text("password.hint", ["count": .number(lengthMin)]),
                autocomplete: "new-password",
                maxLength: lengthMax,
                isRequired: true,
                error: error("newPassword")
            ).described
    }
}
