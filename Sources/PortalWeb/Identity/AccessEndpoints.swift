import HTTPCore
import HTTPServer
import Portal

/// Who may do what, and why: `/api/v1/me/permissions` and `/api/v1/tenants/{id}/access`.
enum AccessEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .myPermissions, handler: own)
        router.on(.get, .tenantAccess, handler: holders)
    }

    private static func own(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        try query.finish()
        return .json(try await context.services.access.own(at: tenantID, as: context.requireCaller()).json)
    }

    private static func holders(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var query = QueryReader(context.query)
        let permission = query.choice("permission", Permission.self)
        if permission == nil { query.require("permission") }
        let page = query.page()
        try query.finish()
        // It is there: a missing one was an error above.
        guard let permission else { throw WebError.notFound() }
        let access = context.services.access
        return .json(try await access.holders(of: permission, at: id, page, as: context.requireCaller()).json)
    }
}
