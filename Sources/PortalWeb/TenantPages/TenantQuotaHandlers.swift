import HTTPCore
import HTTPServer
import Portal

/// Changing the limits of a tenant: what would change is shown first, and only what was shown is saved.
enum TenantQuotaHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageQuota, handler: show)
        router.on(.post, .tenantPageQuota, handler: change)
    }

    /// What every answer of the page needs.
    struct Scene: Sendable {
        let tenant: Tenant
        let lineage: [Tenant]
        let report: QuotaReport
    }

    private static func scene(_ context: RequestContext) async throws -> Scene {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenant = try await context.services.tenants.get(id, as: caller)
        try QuotaService.requireManaging(tenant, as: caller)
        async let lineage = context.services.tenants.lineage(of: [id], as: caller)
        async let report = context.services.quotas.report(of: id, as: caller)
        return Scene(tenant: tenant, lineage: try await lineage, report: try await report)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let scene = try await scene(context)
        return try respond(context, scene, TenantQuotaForm(scene.report), nil, refused: nil)
    }

    private static func change(_ context: RequestContext) async throws -> HTTPResponse {
        let scene = try await scene(context)
        let caller = try context.requireCaller()
        let form = TenantQuotaForm(scene.report, context.form)
        let hasLooked = context.form.first(named: "looked") == form.fingerprint
        let quotas = context.services.quotas
        do {
            let patch = try form.patch()
            if context.form.first(named: "go") == "save", hasLooked {
                let version = context.form.first(named: "version")
                _ = try await quotas.setLimits(patch, of: scene.tenant.id, ifMatch: version, as: caller)
                let path = Route.tenantPage(scene.tenant.id).path + "#quota"
                return PageResponder(context).redirect(to: path, .quotaSave)
            }
            let preview = try await quotas.preview(patch, of: scene.tenant.id, as: caller)
            return try respond(context, scene, form, (patch.applied(to: scene.report.limits), preview), refused: nil)
        } catch let error as PortalError {
            guard let refused = RefusedForm("quota", context.form, error) else { throw error }
            return try respond(context, scene, form, nil, refused: refused)
        }
    }

    private static func respond(
        _ context: RequestContext,
        _ scene: Scene,
        _ form: TenantQuotaForm,
        _ preview: (after: QuotaLimits, found: QuotaPreview)?,
        refused: RefusedForm?
    ) throws -> HTTPResponse {
        let responder = PageResponder(context)
        let page = TenantQuotaPage(scene, form, preview, refused: refused, responder.writer)
        return try responder.respond(page, .init(section: .tenants, status: RefusedForm.status(of: refused)))
    }
}
