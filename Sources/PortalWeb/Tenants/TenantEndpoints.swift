import HTTPCore
import HTTPServer
import Portal

/// The tree of tenants: `/api/v1/tenants` and `/api/v1/tenants/{id}`.
enum TenantEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .tenants, handler: list)
        router.on(.post, .tenants, handler: create)
        router.on(.get, .tenant, handler: show)
        router.on(.patch, .tenant, handler: rename)
        router.on(.delete, .tenant, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let filter = TenantFilter(parentID: query.id("parentId", TenantID.self), search: query.string("q"))
        let page = query.page()
        try query.finish()
        return .json(try await context.services.tenants.list(filter, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let name = reader.string("name")
        let parentID = reader.id("parentId", TenantID.self)
        try reader.finish()
        let tenant = try await context.services.tenants.create(
            name: name,
            parentID: parentID,
            as: context.requireCaller()
        )
        return .created(tenant.json, at: .tenant(tenant.id)).with(tenant.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let tenant = try await context.services.tenants.get(id, as: context.requireCaller())
        return .json(tenant.json).with(tenant.etag)
    }

    private static func rename(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let name = reader.string("name")
        try reader.finish()
        let tenant = try await context.services.tenants.rename(
            id,
            to: name,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(tenant.json).with(tenant.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let ifMatch = context.request.ifMatch
        try await context.services.tenants.delete(id, ifMatch: ifMatch, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
