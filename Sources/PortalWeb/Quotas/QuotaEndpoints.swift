import HTTPCore
import HTTPServer
import JSON
import Portal

/// The quotas of tenants: `/api/v1/tenants/{id}/quota` and `quota:simulate`.
enum QuotaEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .tenantQuota, handler: show)
        router.on(.put, .tenantQuota, handler: set)
        router.on(.post, .tenantQuotaSimulate, handler: simulate)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let report = try await context.services.quotas.report(of: id, as: context.requireCaller())
        return .json(report.json).with(report.etag)
    }

    private static func set(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let patch = patch(&reader)
        try reader.finish()
        let report = try await context.services.quotas.setLimits(
            patch,
            of: id,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(report.json).with(report.etag)
    }

    private static func simulate(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let patch = patch(&reader)
        let parentID = reader.optionalID("parentId", TenantID.self)
        try reader.finish()
        let caller = try context.requireCaller()
        let preview = try await context.services.quotas.preview(patch, movedTo: parentID, of: id, as: caller)
        let rules: AccessRuleMove?
        if let parentID {
            rules = try await context.services.accessRules.moving(id, to: parentID, as: caller)
        } else {
            rules = nil
        }
        var body = preview.json
        body["rules"] = rules?.json ?? .null
        return .json(body)
    }

    /// The limits that the body wishes for; what is wrong with them is left to `finish()`.
    private static func patch(_ reader: inout JSONObjectReader) -> QuotaLimitsPatch {
        var object: JSONObject = [:]
        for key in ["limits", "overcommit", "userCaps", "strict"] {
            object[key] = reader.optionalValue(key)
        }
        do {
            return try QuotaLimitsPatch(validating: object)
        } catch {
            reader.fail(error.fields)
            return QuotaLimitsPatch()
        }
    }
}
