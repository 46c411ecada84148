import HTTPCore
import HTTPServer
import JSON
import Portal

/// The page of one vcluster and the forms on it.
enum VClusterHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .vclusterPage, handler: show)
        router.on(.get, .vclusterPageKubeconfig, handler: kubeconfig)
        router.on(.post, .vclusterPageSuspend) { try await change($0, .suspend) { try await $0.suspend($1, as: $2) } }
        router.on(.post, .vclusterPageResume) { try await change($0, .resume) { try await $0.resume($1, as: $2) } }
        router.on(.post, .vclusterPageRetry) { try await change($0, .retry) { try await $0.retry($1, as: $2) } }
        router.on(.post, .vclusterPageUndelete) {
            try await change($0, .undelete) { try await $0.undelete($1, as: $2) }
        }
        router.on(.post, .vclusterPageScale, handler: scale)
        router.on(.post, .vclusterPageClone, handler: clone)
        router.on(.post, .vclusterPageDelete, handler: delete)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        do {
            return try await page(context)
        } catch let error as PortalError where error.code == .notFound && PageResponder(context).isFragmentRequest {
            // It was removed while somebody looked at it: there is nothing left to show.
            var response = HTTPResponse(status: .ok)
            response.headers.set("HX-Redirect", Route.vclustersPage.path)
            return response
        }
    }

    /// The page of a vcluster, with a form that came back.
    static func page(
        _ context: RequestContext,
        scaling: VClusterScaleForm? = nil,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let caller = try context.requireCaller()
        let services = context.services
        let vcluster = try await services.vclusters.get(id, as: caller)
        let request = try PageRequest(size: WebLimits.Pages.historyRowsMax)
        async let events = services.vclusters.events(of: id, request, as: caller)
        async let operations = services.operations.list(OperationFilter(vclusterID: id), request, as: caller)
        async let snapshots = services.vclusters.snapshots(of: id, as: caller)
        async let storage = services.vclusters.snapshotStorage(of: vcluster)
        async let lineage = services.tenants.lineage(of: [vcluster.tenantID], as: caller)
        async let refusals = services.accessRules.refusals(on: vcluster, as: caller)
        let responder = PageResponder(context)
        let parts = VClusterPage.Parts(
            vcluster: vcluster,
            events: try await events.items,
            operations: try await operations.items,
            tenant: TenantNames(try await lineage).path(vcluster.tenantID) ?? vcluster.tenantName,
            snapshots: try await snapshots.items,
            storage: try await storage,
            scaling: scaling,
            refused: refused,
            refusals: try await refusals
        )
        let page = VClusterPage(parts, caller: caller, responder.writer)
        let options = PageResponder.Options(
            section: .vclusters,
            // What was refused stays until it was read.
            refreshSeconds: vcluster.phase.isTransitional && refused == nil && scaling == nil ? 3 : nil,
            status: (refused?.error ?? scaling?.refusal).map { ProblemCode($0.code).status }
                ?? (scaling == nil ? .ok : .badRequest)
        )
        return try responder.respond(page, options)
    }

    private static func kubeconfig(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let caller = try context.requireCaller()
        let vcluster = try await context.services.vclusters.get(id, as: caller)
        let yaml = try await context.services.vclusters.kubeconfig(of: id, as: caller)
        var response = HTTPResponse.bytes(Array(yaml.utf8), contentType: "application/yaml")
        let name = VClusterPage.Kubeconfig.fileName(vcluster)
        response.headers.set("Content-Disposition", "attachment; filename=\"\(name)\"")
        response.compression = .never
        return response
    }

    private typealias Verb = @Sendable (VClusterService, VClusterID, Caller) async throws -> VClusterChange

    private static func change(_ context: RequestContext, _ flash: Flash, _ verb: Verb) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        return try await context.submit(flash.rawValue) { caller in
            _ = try await verb(context.services.vclusters, id, caller)
            return (Route.vclusterPage(id).path, flash)
        } refused: {
            try await page(context, refused: $0)
        }
    }

    private static func scale(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let caller = try context.requireCaller()
        let vcluster = try await context.services.vclusters.get(id, as: caller)
        var form = VClusterScaleForm(context.form)
        guard let size = form.size(changing: vcluster.spec) else { return try await page(context, scaling: form) }
        do {
            _ = try await context.services.vclusters.scale(id, to: size, as: caller)
        } catch let error as PortalError {
            guard let refused = RefusedForm("scale", context.form, error) else { throw error }
            form.refusal = refused.error
            return try await page(context, scaling: form)
        }
        return PageResponder(context).redirect(to: Route.vclusterPage(id).path, .scale)
    }

    private static func clone(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let caller = try context.requireCaller()
        let copy = VClusterCloneForm.copy(context.form)
        do {
            let change = try await context.services.vclusters.clone(id, copy, as: caller)
            return PageResponder(context).redirect(to: Route.operationPage(change.operation.id).path)
        } catch let error as PortalError {
            guard let refused = RefusedForm(VClusterCloneForm.name, context.form, error) else { throw error }
            return try await page(context, refused: refused)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let choice = context.form.first(named: "gracePeriod").flatMap(GracePeriod.init(rawValue:)) ?? .normal
        return try await context.submit("delete") { caller in
            let change = try await context.services.vclusters.delete(id, gracePeriod: choice.duration, as: caller)
            // The operation outlives the vcluster, so there is something to look at whatever was chosen.
            return (Route.operationPage(change.operation.id).path, .delete)
        } refused: {
            try await page(context, refused: $0)
        }
    }
}

/// How long a deleted vcluster can be brought back.
enum GracePeriod: String, CaseIterable {
    case normal = "graceDefault"
    case day = "graceDay"
    case none = "graceNone"

    /// The period; nil is the configured default.
    var duration: Duration? {
        switch self {
        case .normal: nil
        case .day: .seconds(86_400)
        case .none: .zero
        }
    }
}
