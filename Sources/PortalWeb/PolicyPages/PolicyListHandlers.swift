import HTTPCore
import HTTPServer
import Portal

/// What has to be approved at a tenant, its own policies and those from above, in the order in which they decide.
enum PolicyListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPagePolicies, handler: list)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let service = context.services.approvalPolicies
        let tenant = try await context.services.tenants.get(id, as: caller)
        async let lineage = context.services.tenants.lineage(of: [id], as: caller)
        let policies = try await service.effective(at: id, as: caller)
        let names = try await service.names(
            in: policies.flatMap(\.content.steps),
            policies.map(\.content.conditions),
            as: caller
        )
        let responder = PageResponder(context)
        let page = PolicyListPage(
            tenant,
            policies,
            names,
            TenantNames(try await lineage),
            mayManage: caller.has(.approvalsManage, onPath: tenant.path) && !tenant.isArchived,
            responder.writer
        )
        return try responder.respond(page, .init(section: .tenants))
    }
}

extension PolicyListPage {
    /// The policies of a tenant.
    init(
        _ tenant: Tenant,
        _ policies: [ApprovalPolicy],
        _ names: ApprovalNames,
        _ places: TenantNames,
        mayManage: Bool,
        _ writer: Localizer
    ) {
        let new = LinkModel(
            href: Route.tenantPagePolicyNew(tenant.id).path,
            label: writer.text("policies.new"),
            isPrimary: true
        )
        title = writer.text("policies.title")
        lead = writer.text("policies.lead", ["name": .text(tenant.name)])
        crumbs = .to(tenant, places, writer)
        newPolicy = mayManage ? new : nil
        rows = policies.map { policy in
            SentenceRowModel(
                page: .approvalPolicyPage(policy.id),
                name: policy.content.name,
                sentence: writer.sentence(policy.content, names),
                description: policy.content.description,
                from: policy.tenantID == tenant.id ? nil : policy.tenantID,
                off: policy.content.isEnabled ? nil : writer.text("policies.off"),
                places,
                writer
            )
        }
        empty =
            rows.isEmpty
            ? EmptyModel(
                icon: "check",
                title: writer.text("policies.noneTitle"),
                text: writer.text(mayManage ? "policies.noneText" : "policies.noneReadOnlyText"),
                action: mayManage ? new : nil
            ) : nil
    }
}
