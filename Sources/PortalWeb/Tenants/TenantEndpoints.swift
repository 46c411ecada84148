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
        router.on(.post, .tenantMove, handler: move)
        router.on(.post, .tenantArchive) { context in
            try context.requireNoSettings()
            return try await change(context) { try await $0.archive($1, ifMatch: $2, as: $3) }
        }
        router.on(.post, .tenantUnarchive) { context in
            try context.requireNoSettings()
            return try await change(context) { try await $0.unarchive($1, ifMatch: $2, as: $3) }
        }
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let filter = TenantFilter(
            parentID: query.id("parentId", TenantID.self),
            search: query.string("q"),
            isArchived: query.flag("archived")
        )
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

    private static func move(_ context: RequestContext) async throws -> HTTPResponse {
        _ = try context.pathID(TenantID.self)
        var reader = try context.jsonReader()
        let parentID = reader.id("parentId", TenantID.self)
        try reader.finish()
        return try await change(context) { try await $0.move($1, to: parentID, ifMatch: $2, as: $3) }
    }

    private typealias Change = @Sendable (TenantService, TenantID, String?, Caller) async throws -> Tenant

    private static func change(_ context: RequestContext, _ change: Change) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenant = try await change(context.services.tenants, id, context.request.ifMatch, caller)
        return .json(tenant.json).with(tenant.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let ifMatch = context.request.ifMatch
        try await context.services.tenants.delete(id, ifMatch: ifMatch, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
