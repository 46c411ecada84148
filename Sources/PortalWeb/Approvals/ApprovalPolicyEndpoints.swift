import HTTPCore
import HTTPServer
import JSON
import Portal

/// What has to be approved: `/api/v1/approval-policies`.
enum ApprovalPolicyEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .approvalPolicies, handler: list)
        router.on(.post, .approvalPolicies, handler: create)
        router.on(.get, .approvalPolicy, handler: show)
        router.on(.patch, .approvalPolicy, handler: update)
        router.on(.delete, .approvalPolicy, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let page = query.page()
        try query.finish()
        let caller = try context.requireCaller()
        return .json(try await context.services.approvalPolicies.list(at: tenantID, page, as: caller).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        let policy = policy(&reader)
        try reader.finish()
        let caller = try context.requireCaller()
        let made = try await context.services.approvalPolicies.create(policy, at: tenantID, as: caller)
        return .created(made.json, at: .approvalPolicy(made.id)).with(made.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: ApprovalPolicyID = try context.pathID()
        let policy = try await context.services.approvalPolicies.get(id, as: context.requireCaller())
        return .json(policy.json).with(policy.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: ApprovalPolicyID = try context.pathID()
        var reader = try context.jsonReader()
        let change = policy(&reader)
        try reader.finish()
        let policy = try await context.services.approvalPolicies.update(
            id,
            change,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(policy.json).with(policy.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: ApprovalPolicyID = try context.pathID()
        let caller = try context.requireCaller()
        try await context.services.approvalPolicies.delete(id, ifMatch: context.request.ifMatch, as: caller)
        return HTTPResponse(status: .noContent)
    }

    /// The members of a policy as they are; the domain checks them.
    private static func policy(_ reader: inout JSONObjectReader) -> JSONValue {
        var members: JSONObject = [:]
        for key in ApprovalPolicyContent.members {
            // `null` lifts the hold; other members take it for absent.
            let value = reader.optionalValue(key)
            members[key] = reader.contains(key) ? value ?? .null : nil
        }
        return .object(members)
    }
}
