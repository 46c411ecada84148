import HTTPCore
import HTTPServer
import Portal

/// Who did what: `/api/v1/audit`.
enum AuditEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .audit, handler: list)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        var filter = AuditFilter()
        filter.tenantID = query.id("tenantId", TenantID.self)
        filter.actorID = query.id("userId", UserID.self)
        filter.verb = query.string("verb")
        filter.objectKind = query.string("objectKind")
        filter.objectID = query.string("objectId")
        filter.from = query.time("since")
        filter.to = query.time("until")
        let page = query.page()
        try query.finish()
        return .json(try await context.services.audit.list(filter, page, as: context.requireCaller()).json)
    }
}
