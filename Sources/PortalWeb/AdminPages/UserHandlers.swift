import HTTPCore
import HTTPServer
import Portal

/// The page of one account and the forms on it.
enum UserHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminUserPage) { try await page($0, try $0.pathID()) }
        router.on(.post, .adminUserPage, handler: save)
        router.on(.post, .adminUserPageDisable) { try await setDisabled(true, $0) }
        router.on(.post, .adminUserPageEnable) { try await setDisabled(false, $0) }
        router.on(.post, .adminUserPageReset, handler: reset)
        router.on(.post, .adminUserPageUnlock, handler: unlock)
        router.on(.post, .adminUserPageTokenRevoke, handler: revokeToken)
    }

    /// The page, with a link that was just made, or with a form that was refused.
    static func page(
        _ context: RequestContext,
        _ id: UserID,
        link: (issued: NewAccountLink, route: Route)? = nil,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let identity = context.services.identity
        let user = try await identity.getUser(id, as: caller)
        async let lockedUntil = identity.lockedUntil(user: user, as: caller)
        async let roles = identity.memberships(of: id, as: caller)
        let tokensToken = context.query.first(named: "tokens")
        let tokens = try await identity.listTokens(of: id, try PageRequest(token: tokensToken), as: caller)
        let names = try await context.services.tenants.lineage(
            of: tokens.items.compactMap(\.scope.tenantID),
            as: caller
        )
        let responder = PageResponder(context)
        let parts = UserPage.Parts(
            user: user,
            roles: try await roles,
            tokens: tokens,
            tokensToken: tokensToken,
            names: TenantNames(names),
            isOwn: id == caller.userID,
            lockedUntil: try await lockedUntil,
            secret: link.map { SecretModel($0.issued, context.absolute($0.route), responder.writer) },
            refused: refused
        )
        let page = UserPage(parts, responder.writer)
        var response = try responder.respond(page, .init(section: .users, status: RefusedForm.status(of: refused)))
        // A secret beside what somebody else may have typed must not be guessed by the size of the answer.
        if link != nil { response.compression = .never }
        return response
    }

    private static func save(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let caller = try context.requireCaller()
        let form = context.form
        do {
            let away = try AwayDays(form)
            let name = form.first(named: "name") ?? ""
            let timeZone = form.first(named: "timeZone") ?? ""
            let locale = form.first(named: "locale").flatMap(UserLocale.init(rawValue:))
            let version = form.first(named: "version")
            _ = try await context.services.identity.updateUser(id, ifMatch: version, as: caller) { preferences in
                preferences.name = name
                preferences.timeZone = timeZone
                preferences.locale = locale
                preferences.away = away
            }
            return PageResponder(context).redirect(to: Route.adminUserPage(id).path, .userUpdate)
        } catch let error as PortalError {
            guard let refused = RefusedForm("settings", form, error) else { throw error }
            return try await page(context, id, refused: refused)
        }
    }

    private static func setDisabled(_ isDisabled: Bool, _ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let caller = try context.requireCaller()
        do {
            _ = try await context.services.identity.setDisabled(isDisabled, user: id, as: caller)
            let flash: Flash = isDisabled ? .userDisable : .userEnable
            return PageResponder(context).redirect(to: Route.adminUserPage(id).path, flash)
        } catch let error as PortalError {
            guard let refused = RefusedForm(isDisabled ? "disable" : "enable", context.form, error) else { throw error }
            return try await page(context, id, refused: refused)
        }
    }

    private static func unlock(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        return try await context.submit("unlock") { caller in
            try await context.services.identity.unlock(user: id, as: caller)
            return (Route.adminUserPage(id).path, .userUnlock)
        } refused: {
            try await page(context, id, refused: $0)
        }
    }

    private static func revokeToken(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        guard let token = context.form.first(named: "token").flatMap({ TokenID($0) }) else { throw WebError.notFound() }
        return try await context.submit(UserPage.revokeForm) { caller in
            try await context.services.identity.revokeToken(token, as: caller)
            return (Route.adminUserPage(id).path + "#tokens", .tokenRevoke)
        } refused: {
            try await page(context, id, refused: $0)
        }
    }

    private static func reset(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let caller = try context.requireCaller()
        do {
            let issued = try await context.services.identity.issuePasswordReset(for: id, as: caller)
            return try await page(context, id, link: (issued, .passwordResetPage(issued.secret)))
        } catch let error as PortalError {
            guard let refused = RefusedForm("reset", context.form, error) else { throw error }
            return try await page(context, id, refused: refused)
        }
    }
}

extension AwayDays {
    /// The days that a form says; nil when both fields are empty.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `awayFrom` or `awayUntil`.
    fileprivate init?(_ form: QueryItems) throws(PortalError) {
        let texts = ["awayFrom", "awayUntil"].map { (name: $0, text: form.first(named: $0) ?? "") }
        if texts.allSatisfy({ $0.text.isEmpty }) { return nil }
        var errors = FieldErrors()
        let days = texts.map { field -> CalendarDay? in
            if let day = CalendarDay(field.text) { return day }
            errors.add(field.name, FieldErrorCode.invalidValue, "must be a day such as 2026-12-24")
            return nil
        }
        try errors.throwIfAny()
        guard let from = days[0], let until = days[1] else { return nil }
        guard from <= until else {
            throw .invalid("awayUntil", FieldErrorCode.outOfRange, "must not be before the first day")
        }
        self.init(from: from, until: until)
    }
}
