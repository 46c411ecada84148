import HTTPCore
import HTTPServer
import Portal

/// The rules that bind what is done at a tenant.
enum RuleListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageRules, handler: list)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let service = context.services.accessRules
        let tenant = try await context.services.tenants.get(id, as: caller)
        let token = context.query.first(named: "page")
        async let lineage = context.services.tenants.lineage(of: [id], as: caller)
        async let own = service.list(at: id, try PageRequest(token: token), as: caller)
        async let inherited = service.inherited(by: id, as: caller)
        let rules = (own: try await own, inherited: try await inherited)
        let contents = (rules.own.items + rules.inherited).map(\.content)
        let names = try await service.names(in: contents, at: tenant.path, as: caller)
        let responder = PageResponder(context)
        let page = RuleListPage(
            tenant,
            try await lineage,
            rules.own,
            inherited: rules.inherited,
            names,
            mayManage: caller.has(.rulesManage, onPath: tenant.path) && !tenant.isArchived,
            isFirst: token == nil,
            responder.writer
        )
        return try responder.respond(page, .init(section: .tenants))
    }
}

extension RuleListPage {
    /// The rules of a tenant.
    init(
        _ tenant: Tenant,
        _ lineage: [Tenant],
        _ own: Page<AccessRule>,
        inherited: [AccessRule],
        _ names: AccessRuleNames,
        mayManage: Bool,
        isFirst: Bool,
        _ writer: Localizer
    ) {
        let places = TenantNames(lineage)
        let new = LinkModel(
            href: Route.tenantPageRuleNew(tenant.id).path,
            label: writer.text("rules.new"),
            isPrimary: true
        )
        title = writer.text("rules.title")
        lead = writer.text("rules.lead", ["name": .text(tenant.name)])
        crumbs = .to(tenant, places, writer)
        newRule = mayManage ? new : nil
        explain = LinkModel(href: Route.tenantPageRulesExplain(tenant.id).path, label: writer.text("rules.explain"))
        rows = own.items.map { .init($0, names, from: nil, places, writer) }
        pager = .init(Route.tenantPageRules(tenant.id).path, isFirst: isFirst, own.nextPageToken)
        empty =
            rows.isEmpty
            ? EmptyModel(
                icon: "key",
                title: writer.text("rules.noneTitle"),
                text: writer.text(mayManage ? "rules.noneText" : "rules.noneReadOnlyText"),
                action: mayManage ? new : nil
            ) : nil
        self.inherited = inherited.map { .init($0, names, from: $0.tenantID, places, writer) }
    }
}

extension SentenceRowModel {
    fileprivate init(
        _ rule: AccessRule,
        _ names: AccessRuleNames,
        from origin: TenantID?,
        _ places: TenantNames,
        _ writer: Localizer
    ) {
        self.init(
            page: .accessRulePage(rule.id),
            name: rule.content.name,
            sentence: writer.sentence(rule.content, names),
            description: rule.content.description,
            from: origin,
            off: rule.content.isEnabled ? nil : writer.text("rules.off"),
            places,
            writer
        )
    }
}
