import HTTPCore
import HTTPServer
import Portal

/// The roles: the matrix of all, and a form for each custom one.
enum RoleHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminRolesPage, handler: list)
        router.on(.get, .adminRoleNewPage) { try await form($0, role: nil, refused: nil) }
        router.on(.post, .adminRoleNewPage, handler: create)
        router.on(.get, .adminRolePage) { try await form($0, role: try await role($0), refused: nil) }
        router.on(.post, .adminRolePage, handler: update)
        router.on(.post, .adminRolePageDelete, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        guard caller.managesRoles else { throw PortalError.forbidden(.rolesManage) }
        let token = context.query.first(named: "page")
        let page = try await context.services.roles.list(try PageRequest(token: token), as: caller)
        let tenants = try await context.services.tenants.lineage(of: page.items.compactMap(\.tenantID), as: caller)
        let responder = PageResponder(context)
        let model = RoleListPage(page, TenantNames(tenants), isFirst: token == nil, responder.writer)
        return try responder.respond(model, .init(section: .roles))
    }

    private static func role(_ context: RequestContext) async throws -> RoleDefinition {
        let caller = try context.requireCaller()
        let id: RoleID = try context.pathID()
        return try await context.services.roles.get(.custom(id), as: caller)
    }

    private static func form(
        _ context: RequestContext,
        role: RoleDefinition?,
        refused: RefusedForm?
    ) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        guard caller.managesRoles else { throw PortalError.forbidden(.rolesManage) }
        let tenantID = role?.tenantID
        let choices = try await context.services.tenants.choices(
            holding: .rolesManage,
            including: tenantID ?? context.query.first(named: "tenant").flatMap { TenantID($0) },
            as: caller
        )
        let responder = PageResponder(context)
        let model = RoleFormPage(role, choices, chosen: tenantID, refused: refused, responder.writer)
        return try responder.respond(model, .init(section: .roles, status: RefusedForm.status(of: refused)))
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        do {
            let tenantID = try context.form.chosenTenant()
            _ = try await context.services.roles.create(NewRole(context.form), at: tenantID, as: caller)
            return PageResponder(context).redirect(to: Route.adminRolesPage.path, .roleCreate)
        } catch let error as PortalError {
            guard let refused = RefusedForm("role", context.form, error) else { throw error }
            return try await form(context, role: nil, refused: refused)
        }
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let role = try await role(context)
        let new = NewRole(context.form)
        do {
            let version = context.form.first(named: "version")
            _ = try await context.services.roles.update(role.reference, ifMatch: version, as: caller) { $0 = new }
            return PageResponder(context).redirect(to: Route.adminRolesPage.path, .roleUpdate)
        } catch let error as PortalError {
            guard let refused = RefusedForm("role", context.form, error) else { throw error }
            return try await form(context, role: role, refused: refused)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let role = try await role(context)
        do {
            try await context.services.roles.delete(role.reference, as: caller)
            return PageResponder(context).redirect(to: Route.adminRolesPage.path, .roleDelete)
        } catch let error as PortalError {
            guard let refused = RefusedForm("delete", context.form, error) else { throw error }
            return try await form(context, role: role, refused: refused)
        }
    }
}

extension NewRole {
    /// What a form says; permissions that do not exist are as if they were not there.
    fileprivate init(_ form: QueryItems) {
        self.init(
            name: form.first(named: "name") ?? "",
            description: form.first(named: "description") ?? "",
            permissions: Set(form.all(named: "permission").compactMap { Permission(rawValue: $0) })
        )
    }
}

extension Caller {
    /// Whether there is a tenant where the reader may make roles.
    var managesRoles: Bool { isSystem || bindings.contains { $0.permissions.contains(.rolesManage) } }
}
