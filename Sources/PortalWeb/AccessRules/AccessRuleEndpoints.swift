import HTTPCore
import HTTPServer
import JSON
import Portal

/// Rules by attributes: `/api/v1/access-rules`.
enum AccessRuleEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .accessRules, handler: list)
        router.on(.post, .accessRules, handler: create)
        router.on(.post, .accessRulesExplain, handler: explain)
        router.on(.get, .accessRule, handler: show)
        router.on(.patch, .accessRule, handler: update)
        router.on(.delete, .accessRule, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let page = query.page()
        try query.finish()
        let caller = try context.requireCaller()
        return .json(try await context.services.accessRules.list(at: tenantID, page, as: caller).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        let rule = rule(&reader)
        try reader.finish()
        let made = try await context.services.accessRules.create(rule, at: tenantID, as: context.requireCaller())
        return .created(made.json, at: .accessRule(made.id)).with(made.etag)
    }

    private static func explain(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        var question = AccessQuestion(permission: reader.choice("permission", placeholder: Permission.vclustersRead))
        question.userID = reader.optionalID("userId", UserID.self)
        question.vclusterID = reader.optionalID("vclusterId", VClusterID.self)
        question.tenantID = reader.optionalID("tenantId", TenantID.self)
        question.environment = reader.optionalChoice("environment", VClusterEnvironment.self) ?? .development
        question.labels = reader.optionalStrings("labels") ?? [:]
        question.hostID = reader.optionalID("hostId", HostID.self)
        question.time = reader.optionalTime("at")
        try reader.finish()
        return .json(try await context.services.accessRules.explain(question, as: context.requireCaller()).json)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccessRuleID = try context.pathID()
        let rule = try await context.services.accessRules.get(id, as: context.requireCaller())
        return .json(rule.json).with(rule.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccessRuleID = try context.pathID()
        var reader = try context.jsonReader()
        let change = rule(&reader)
        try reader.finish()
        let rule = try await context.services.accessRules.update(
            id,
            change,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(rule.json).with(rule.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccessRuleID = try context.pathID()
        let caller = try context.requireCaller()
        try await context.services.accessRules.delete(id, ifMatch: context.request.ifMatch, as: caller)
        return HTTPResponse(status: .noContent)
    }

    /// The members of a rule as they are; the domain checks them.
    private static func rule(_ reader: inout JSONObjectReader) -> JSONValue {
        var members: JSONObject = [:]
        for key in ["name", "description", "effect", "permissions", "subject", "conditions", "enabled"] {
            members[key] = reader.optionalValue(key)
        }
        return .object(members)
    }
}
