import HTTPCore
import HTTPServer
import JSON
import Portal

/// Changes that wait for approval: `/api/v1/requests`.
enum RequestEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .requests, handler: list)
        router.on(.get, .request, handler: show)
        router.on(.post, .requestApprove) { context in
            try await decide(context) { try await $0.approve($1, comment: $2, ifMatch: $3, as: $4) }
        }
        router.on(.post, .requestReject) { context in
            try await decide(context) { try await $0.reject($1, comment: $2, ifMatch: $3, as: $4) }
        }
        router.on(.post, .requestCancel) { context in
            try await decide(context) { try await $0.cancel($1, comment: $2, ifMatch: $3, as: $4) }
        }
        router.on(.post, .requestComments, handler: comment)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        var filter = ApprovalRequestFilter()
        filter.view = query.choice("view", ApprovalRequestFilter.View.self) ?? .all
        filter.tenantID = query.id("tenantId", TenantID.self)
        filter.vclusterID = query.id("vclusterId", VClusterID.self)
        filter.states = Set(query.choices("state", ApprovalRequest.State.self))
        let page = query.page()
        try query.finish()
        return .json(try await context.services.approvals.list(filter, page, as: context.requireCaller()).json)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: ApprovalRequestID = try context.pathID()
        return answer(try await context.services.approvals.get(id, as: context.requireCaller()))
    }

    private typealias Decision =
        (ApprovalService, ApprovalRequestID, String, String?, Caller) async throws -> ApprovalRequestDetail

    private static func decide(_ context: RequestContext, _ decision: Decision) async throws -> HTTPResponse {
        let id: ApprovalRequestID = try context.pathID()
        var reader = try context.jsonReader(isOptional: true)
        let comment = reader.optionalString("comment", charactersMax: PortalLimits.Approvals.commentLengthMax) ?? ""
        try reader.finish()
        let caller = try context.requireCaller()
        return answer(
            try await decision(context.services.approvals, id, comment, context.request.ifMatch, caller)
        )
    }

    private static func comment(_ context: RequestContext) async throws -> HTTPResponse {
        let id: ApprovalRequestID = try context.pathID()
        var reader = try context.jsonReader()
        let comment = reader.string("comment", charactersMax: PortalLimits.Approvals.commentLengthMax)
        try reader.finish()
        return answer(try await context.services.approvals.comment(id, comment, as: context.requireCaller()))
    }

    private static func answer(_ detail: ApprovalRequestDetail) -> HTTPResponse {
        .json(detail.json).with(detail.request.etag)
    }
}
