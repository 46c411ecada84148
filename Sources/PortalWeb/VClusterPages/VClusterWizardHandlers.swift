import HTTPCore
import HTTPServer
import Portal

/// The form that creates a vcluster, step by step.
enum VClusterWizardHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .vclusterNewPage, handler: show)
        router.on(.post, .vclusterNewPage, handler: create)
    }

    /// Shows the step that is asked for, or the first one before it that is not right yet.
    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let responder = PageResponder(context)
        let input = WizardInput(context.query)
        let tenantID = input[.tenantId].flatMap { TenantID($0) }
        let draft = WizardDraft(
            input: input,
            offer: try await WizardOffer(context.services, caller, tenantID: tenantID)
        )
        let target = context.query.first(named: WizardStep.parameter).flatMap(WizardStep.init(rawValue:)) ?? .template
        for step in target.earlier {
            let problems = draft.problems(of: step, responder.writer)
            if !problems.isEmpty { return try page(draft, at: step, problems, responder) }
        }
        return try page(draft, at: target, [], responder)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let responder = PageResponder(context)
        let input = WizardInput(context.form)
        let tenantID = input[.tenantId].flatMap { TenantID($0) }
        let draft = WizardDraft(
            input: input,
            offer: try await WizardOffer(context.services, caller, tenantID: tenantID)
        )
        for step in WizardStep.allCases {
            let problems = draft.problems(of: step, responder.writer)
            if !problems.isEmpty { return try page(draft, at: step, problems, responder) }
        }
        guard let wanted = draft.wanted(now: context.now) else { return try page(draft, at: .name, [], responder) }
        do {
            let change = try await context.services.vclusters.create(wanted, as: caller)
            return responder.redirect(to: Route.operationPage(change.operation.id).path)
        } catch let error as PortalError where Self.isShown(error.code) {
            let problems = WizardDraft.problems(error, responder.writer)
            let step = problems.compactMap(\.field?.step).first ?? (error.code == .quotaExceeded ? .size : .review)
            // What is gone meanwhile is not offered again.
            let offer = try await WizardOffer(context.services, caller, tenantID: tenantID)
            let again = WizardDraft(input: input, offer: offer)
            return try page(again, at: step, problems, responder, status: ProblemCode(error.code).status)
        }
    }

    /// Whether an error belongs beside the form; others have a page of their own.
    private static func isShown(_ code: PortalError.Code) -> Bool {
        switch code {
        case .unauthenticated, .internal: false
        default: true
        }
    }

    private static func page(
        _ draft: WizardDraft,
        at step: WizardStep,
        _ problems: [WizardDraft.Problem],
        _ responder: PageResponder,
        status: HTTPStatus? = nil
    ) throws -> HTTPResponse {
        let page = VClusterWizardPage(draft, at: step, problems, responder.writer)
        let status = status ?? (problems.isEmpty ? .ok : .badRequest)
        let current = draft.input.href(step)
        return try responder.respond(page, .init(section: .vclusters, status: status, current: current))
    }
}
