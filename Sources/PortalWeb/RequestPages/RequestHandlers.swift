import HTTPCore
import HTTPServer
import Portal

/// The page of one request and what is done there.
enum RequestHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .requestPage) { try await page($0) }
        router.on(.post, .requestPageApprove) {
            try await decide($0, .requestApprove) { try await $0.approve($1, comment: $2, as: $3) }
        }
        router.on(.post, .requestPageReject) {
            try await decide($0, .requestReject) { try await $0.reject($1, comment: $2, as: $3) }
        }
        router.on(.post, .requestPageCancel) {
            try await decide($0, .requestCancel) { try await $0.cancel($1, comment: $2, as: $3) }
        }
        router.on(.post, .requestPageComment) {
            try await decide($0, .requestComment) { try await $0.comment($1, $2, as: $3) }
        }
    }

    private typealias Decision =
        @Sendable (ApprovalService, ApprovalRequestID, String, Caller) async throws -> ApprovalRequestDetail

    private static func decide(
        _ context: RequestContext,
        _ flash: Flash,
        _ decision: Decision
    ) async throws -> HTTPResponse {
        let id: ApprovalRequestID = try context.pathID()
        let comment = context.form.first(named: "comment") ?? ""
        do {
            let service = context.services.approvals
            let detail = try await decision(service, id, comment, context.requireCaller())
            // The page tells why an approved change did not run.
            let told = detail.request.state == .failed ? nil : Optional(flash)
            return PageResponder(context).redirect(to: Route.requestPage(id).path, told)
        } catch let error as PortalError {
            guard let refused = RefusedForm(flash.rawValue, context.form, error) else { throw error }
            return try await page(context, refused: refused)
        }
    }

    private static func page(_ context: RequestContext, refused: RefusedForm? = nil) async throws -> HTTPResponse {
        let id: ApprovalRequestID = try context.pathID()
        let caller = try context.requireCaller()
        let services = context.services
        let detail = try await services.approvals.get(id, as: caller)
        let request = detail.request
        let names = try await services.approvalPolicies.names(in: request.policy.steps, as: caller)
        let lineage = try await services.tenants.lineage(of: [request.tenantID], as: caller)
        let responder = PageResponder(context)
        let parts = RequestPage.Parts(
            detail: detail,
            names: names,
            places: TenantNames(lineage),
            seesOperation: caller.has(.operationsRead, onPath: request.tenantPath),
            refused: refused
        )
        let page = RequestPage(parts, responder.writer)
        let status = refused.map { ProblemCode($0.error.code).status } ?? .ok
        return try responder.respond(page, .init(section: .requests, status: status))
    }
}
