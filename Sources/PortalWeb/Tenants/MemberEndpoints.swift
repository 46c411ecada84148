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
        let page = try context.page()
        return .json(try await context.services.tenants.members(of: id, page, as: context.requireCaller()).json)
    }

    private static func add(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let email = reader.optionalString("email", charactersMax: PortalLimits.Identity.emailLengthMax)
        let subjects: [RoleSubject] = [
            reader.optionalID("userId", UserID.self).map { .user($0) },
            reader.optionalID("groupId", GroupID.self).map { .group($0) },
            reader.optionalID("tokenId", TokenID.self).map { .token($0) },
        ].compactMap { $0 }
        let role = reader.role("role")
        let given = ["email", "userId", "groupId", "tokenId"].filter { reader.contains($0) }
        if given.count != 1 || email?.isEmpty == true {
            reader.fail("email", FieldErrorCode.required, "is required, or one of userId, groupId and tokenId instead")
        }
        try reader.finish()
        let (tenants, caller) = (context.services.tenants, try context.requireCaller())
        if let subject = subjects.first {
            try await tenants.addMember(subject, role: role, to: id, as: caller)
        } else {
            guard let email else { throw PortalError.invalid(given[0], FieldErrorCode.required, "must not be null") }
            try await tenants.addMember(email: email, role: role, to: id, as: caller)
        }
        return HTTPResponse(status: .noContent)
    }

    private static func remove(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var query = QueryReader(context.query)
        let subjects: [RoleSubject] = [
            query.id("userId", UserID.self).map { .user($0) },
            query.id("groupId", GroupID.self).map { .group($0) },
            query.id("tokenId", TokenID.self).map { .token($0) },
        ].compactMap { $0 }
        let role = query.role("role")
        if role == nil { query.require("role") }
        let given = ["userId", "groupId", "tokenId"].filter { context.query.first(named: $0) != nil }
        if given.count != 1 {
            query.fail("userId", FieldErrorCode.required, "is required, or one of groupId and tokenId instead")
        }
        try query.finish()
        // Both are there: a missing one was an error above.
        guard let subject = subjects.first, let role else { throw WebError.notFound() }
        try await context.services.tenants.removeMember(subject, role: role, from: id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
