import HTTPCore
import HTTPServer
import Portal

/// Moving a tenant in two steps: choose the place and see what changes, then move.
enum TenantMoveHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageMove) { context in
            let chosen = context.query.first(named: "parent").flatMap { TenantID($0) }
            return try await page(context, chosen: chosen, refused: nil)
        }
        router.on(.post, .tenantPageMove, handler: move)
    }

    private static func move(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let chosen = context.form.first(named: "parentId").flatMap { TenantID($0) }
        let version = context.form.first(named: "version")
        do {
            guard let chosen else {
                throw PortalError.invalid("parentId", FieldErrorCode.required, "has to be chosen")
            }
            _ = try await context.services.tenants.move(id, to: chosen, ifMatch: version, as: caller)
            return PageResponder(context).redirect(to: Route.tenantPage(id).path, .tenantMove)
        } catch let error as PortalError {
            guard let refused = RefusedForm("move", context.form, error) else { throw error }
            return try await page(context, chosen: chosen, refused: refused)
        }
    }

    private static func page(
        _ context: RequestContext,
        chosen: TenantID?,
        refused: RefusedForm?
    ) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenants = context.services.tenants
        let tenant = try await tenants.get(id, as: caller)
        guard caller.has(.tenantsManage, onPath: tenant.path) else { throw PortalError.forbidden(.tenantsManage) }
        let items = context.request.method == .post ? context.form : context.query
        let text = String((items.first(named: "q") ?? "").prefix(WebLimits.Pages.searchCharactersMax))
        var refusal = refused?.error
        var plan: TenantMove?
        var quota: QuotaPreview?
        var rules = AccessRuleMove.none
        if let chosen, refusal == nil {
            do {
                plan = try await tenants.planMove(id, to: chosen, as: caller)
                quota = try await context.services.quotas.preview(
                    QuotaLimitsPatch(),
                    movedTo: chosen,
                    of: id,
                    as: caller
                )
                rules = try await context.services.accessRules.moving(id, to: chosen, as: caller)
            } catch let error as PortalError where RefusedForm("move", items, error) != nil { refusal = error }
        }
        let places = try await places(for: tenant, named: text, tenants, caller)
        let lineage = try await tenants.lineage(of: [id] + places.items.map(\.id), as: caller)
        let responder = PageResponder(context)
        let model = TenantMovePage(
            .init(
                tenant: tenant,
                lineage: lineage,
                places: places.items,
                isTruncated: places.nextPageToken != nil,
                text: text,
                chosen: chosen,
                plan: plan,
                quota: quota,
                rules: rules,
                refusal: refusal,
                caller: caller
            ),
            responder.writer
        )
        let status = refusal.map { ProblemCode($0.code).status } ?? .ok
        return try responder.respond(
            model,
            .init(section: .tenants, fragment: TenantMovePage.fragment, status: status)
        )
    }

    /// Tenants that this one could go below: where the reader manages, and not inside of the subtree itself.
    private static func places(
        for tenant: Tenant,
        named text: String,
        _ tenants: TenantService,
        _ caller: Caller
    ) async throws -> Page<Tenant> {
        let found: Page<Tenant>
        if text.isEmpty {
            let choices = try await tenants.choices(holding: .tenantsManage, as: caller)
            found = Page(items: choices.offered, nextPageToken: choices.isTruncated ? "" : nil)
        } else {
            found = try await tenants.outline(.named(text), as: caller).map(\.tenant)
        }
        let possible = found.items.filter { place in
            caller.has(.tenantsManage, onPath: place.path) && !place.path.contains(tenant.id)
                && place.id != tenant.parentID && place.depth < PortalLimits.Tenants.depthMax
        }
        let shown = Array(possible.prefix(WebLimits.Pages.placesMax))
        let isTruncated = found.nextPageToken != nil || shown.count < possible.count
        return Page(items: shown, nextPageToken: isTruncated ? "" : nil)
    }
}
