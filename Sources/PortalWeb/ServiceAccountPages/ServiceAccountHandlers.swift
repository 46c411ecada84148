import HTTPCore
import HTTPServer
import Portal

/// The page of one service account with its name, state and roles.
enum ServiceAccountHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .serviceAccountPage) { try await page($0) }
        router.on(.post, .serviceAccountPageRename, handler: rename)
        router.on(.post, .serviceAccountPageDisable) { try await setDisabled(true, $0) }
        router.on(.post, .serviceAccountPageEnable) { try await setDisabled(false, $0) }
        router.on(.post, .serviceAccountPageDelete, handler: delete)
        router.on(.post, .serviceAccountPageRoles, handler: giveRole)
        router.on(.post, .serviceAccountPageRoleRemoval, handler: takeRole)
    }

    /// The page, with a token that was just made, or with a form that was refused.
    static func page(
        _ context: RequestContext,
        created: NewAPIToken? = nil,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let caller = try context.requireCaller()
        let parts = try await ServiceAccountPage.Parts(id, context, as: caller, created: created, refused: refused)
        let responder = PageResponder(context)
        let page = ServiceAccountPage(parts, responder.writer)
        var response = try responder.respond(
            page,
            .init(section: .serviceAccounts, status: RefusedForm.status(of: refused))
        )
        // A secret beside what somebody else may have typed must not be guessed by the size of the answer.
        if created != nil { response.compression = .never }
        return response
    }

    /// A form that leads back to the page.
    static func submit(
        _ context: RequestContext,
        _ form: String,
        _ flash: Flash,
        _ body: (Caller, UserID) async throws -> Void
    ) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        return try await context.submit(form) { caller in
            try await body(caller, id)
            return (Route.serviceAccountPage(id).path, flash)
        } refused: {
            try await page(context, refused: $0)
        }
    }

    private static func rename(_ context: RequestContext) async throws -> HTTPResponse {
        try await submit(context, "rename", .serviceUpdate) { caller, id in
            let name = context.form.first(named: "name") ?? ""
            let version = context.form.first(named: "version")
            _ = try await context.services.identity.updateServiceAccount(id, name: name, ifMatch: version, as: caller)
        }
    }

    private static func setDisabled(_ isDisabled: Bool, _ context: RequestContext) async throws -> HTTPResponse {
        let form = isDisabled ? "disable" : "enable"
        return try await submit(context, form, isDisabled ? .serviceDisable : .serviceEnable) { caller, id in
            _ = try await context.services.identity.updateServiceAccount(id, isDisabled: isDisabled, as: caller)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        return try await context.submit("delete") { caller in
            try await context.services.identity.deleteServiceAccount(id, as: caller)
            return (Route.serviceAccountsPage.path, .serviceDelete)
        } refused: {
            try await page(context, refused: $0)
        }
    }

    private static func giveRole(_ context: RequestContext) async throws -> HTTPResponse {
        try await submit(context, "giveRole", .memberAdd) { caller, id in
            let (tenantID, role) = try place(context.form)
            try await requireAccount(id, context, as: caller)
            try await context.services.tenants.addMember(.user(id), role: role, to: tenantID, as: caller)
        }
    }

    private static func takeRole(_ context: RequestContext) async throws -> HTTPResponse {
        try await submit(context, "removeRole", .memberRemove) { caller, id in
            let (tenantID, role) = try place(context.form)
            try await requireAccount(id, context, as: caller)
            try await context.services.tenants.removeMember(.user(id), role: role, from: tenantID, as: caller)
        }
    }

    /// The page is about an account that the reader sees; the id in its address could be anybody's.
    private static func requireAccount(_ id: UserID, _ context: RequestContext, as caller: Caller) async throws {
        _ = try await context.services.identity.getServiceAccount(id, as: caller)
    }

    private static func place(_ form: QueryItems) throws(PortalError) -> (TenantID, RoleReference) {
        let tenantID = try form.chosenTenant()
        let role = try form.chosenRole()
        return (tenantID, role)
    }
}
