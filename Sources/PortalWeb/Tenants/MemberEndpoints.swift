import HTTPCore
import HTTPServer
import Portal

/// Who has which role at a tenant: `/api/v1/tenants/{id}/members`.
enum MemberEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .tenantMembers, handler: list)
        router.on(.post, .tenantMembers, handler: add)
        router.on(.delete, .tenantMembers, handler: remove)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var query = QueryReader(context.query)
        let page = query.page()
        try query.finish()
        return .json(try await context.services.tenants.members(of: id, page, as: context.requireCaller()).json)
    }

    private static func add(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let email = reader.string("email", charactersMax: PortalLimits.Identity.emailLengthMax)
        let role = reader.choice("role", placeholder: Role.viewer)
        try reader.finish()
        let caller = try context.requireCaller()
        try await context.services.tenants.addMember(email: email, role: role, to: id, as: caller)
        return HTTPResponse(status: .noContent)
    }

    private static func remove(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var query = QueryReader(context.query)
        let userID = query.id("userId", UserID.self)
        let role = query.choice("role", Role.self)
        if userID == nil { query.require("userId") }
        if role == nil { query.require("role") }
        try query.finish()
        // Both are there: a missing one was an error above.
        guard let userID, let role else { throw WebError.notFound() }
        try await context.services.tenants.removeMember(userID, role: role, from: id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
