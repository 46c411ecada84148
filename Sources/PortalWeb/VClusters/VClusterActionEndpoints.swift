import HTTPCore
import HTTPServer
import JSON
import Portal

/// The verbs on one vcluster: `/api/v1/vclusters/{id}/suspend` and its siblings.
enum VClusterActionEndpoints {
    static func register(on router: inout Router) {
        router.on(.post, .vclusterSuspend) { context in
            try await simple(context) { try await $0.suspend($1, ifMatch: $2, as: $3) }
        }
        router.on(.post, .vclusterResume) { context in
            try await simple(context) { try await $0.resume($1, ifMatch: $2, as: $3) }
        }
        router.on(.post, .vclusterRetry) { context in
            try await simple(context) { try await $0.retry($1, ifMatch: $2, as: $3) }
        }
        router.on(.post, .vclusterUndelete) { context in
            try await simple(context) { try await $0.undelete($1, ifMatch: $2, as: $3) }
        }
        router.on(.post, .vclusterScale, handler: scale)
        router.on(.post, .vclusterClone, handler: clone)
    }

    private typealias Verb = (VClusterService, VClusterID, String?, Caller) async throws -> VClusterChange

    /// A verb without settings.
    private static func simple(_ context: RequestContext, _ verb: Verb) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        try context.requireNoSettings()
        let ifMatch = context.request.ifMatch
        return .accepted(try await verb(context.services.vclusters, id, ifMatch, context.requireCaller()))
    }

    private static func scale(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var reader = try context.jsonReader()
        var size = JSONObject()
        size["replicas"] = reader.optionalInteger("replicas", in: 1...1_000).map { JSONValue($0) }
        for key in ["resources", "quota"] { size[key] = reader.optionalObject(key).map { .object($0) } }
        try reader.finish()
        guard !size.isEmpty else {
            throw PortalError.invalid("replicas", FieldErrorCode.required, "or resources or quota is required")
        }
        let change = try await context.services.vclusters.scale(
            id,
            to: .object(size),
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .accepted(change)
    }

    private static func clone(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var reader = try context.jsonReader()
        let copy = VClusterCopy(
            name: reader.string("name"),
            tenantID: reader.optionalID("tenantId", TenantID.self),
            hostID: reader.optionalID("hostId", HostID.self),
            spec: .object(reader.optionalObject("spec") ?? [:]),
            labels: reader.optionalStrings("labels"),
            environment: reader.optionalChoice("environment", VClusterEnvironment.self),
            qosClass: reader.optionalChoice("qosClass", VClusterQoSClass.self),
            expiresAt: reader.optionalTime("expiresAt")
        )
        try reader.finish()
        return .accepted(try await context.services.vclusters.clone(id, copy, as: context.requireCaller()))
    }
}
