import HTTPCore
import HTTPServer
import Portal

/// The roles that can be given: `/api/v1/roles`.
enum RoleEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .roles, handler: list)
        router.on(.post, .roles, handler: create)
        router.on(.get, .role, handler: show)
        router.on(.patch, .role, handler: update)
        router.on(.delete, .role, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let page = query.page()
        try query.finish()
        let roles = context.services.roles
        return .json(try await roles.list(usableAt: tenantID, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        var new = NewRole(
            name: reader.string("name"),
            permissions: reader.optionalChoices("permissions", Permission.self) ?? []
        )
        new.description = reader.optionalString("description") ?? ""
        try reader.finish()
        let role = try await context.services.roles.create(new, at: tenantID, as: context.requireCaller())
        return .created(role.json, at: .role(role.reference)).with(role.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let role = try await context.services.roles.get(reference(context), as: context.requireCaller())
        return .json(role.json).with(role.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let reference = try reference(context)
        var reader = try context.jsonReader()
        let name = reader.optionalString("name")
        let description = reader.optionalString("description")
        let permissions = reader.optionalChoices("permissions", Permission.self)
        try reader.finish()
        let role = try await context.services.roles.update(
            reference,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        ) { role in
            role.name = name ?? role.name
            role.description = description ?? role.description
            role.permissions = permissions ?? role.permissions
        }
        return .json(role.json).with(role.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.roles.delete(
            reference(context),
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return HTTPResponse(status: .noContent)
    }

    /// The role in the path: the name of a built-in one, or the id of a custom one.
    private static func reference(_ context: RequestContext) throws -> RoleReference {
        guard let reference = context.parameter.flatMap({ RoleReference($0) }) else { throw WebError.notFound() }
        return reference
    }
}
