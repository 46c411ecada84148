import HTTPCore
import HTTPServer
import Portal

/// The list of vclusters.
enum VClusterListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .vclustersPage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let services = context.services
        let query = VClusterListQuery(context.query)
        let request = try PageRequest(token: query.pageToken)
        async let page = services.vclusters.list(query.filter, request, as: caller)
        async let counts = services.vclusters.counts(in: query.tenantID, as: caller)
        async let choices = services.tenants.choices(holding: .vclustersRead, including: query.tenantID, as: caller)
        async let hosts = hosts(services, caller)
        let responder = PageResponder(context)
        let model = VClusterListPage(
            query: query,
            page: try await page,
            counts: try await counts,
            tenants: TenantNames(try await services.tenants.lineage(of: page.items.map(\.tenantID), as: caller)),
            choices: try await choices,
            hosts: try await hosts,
            caller: caller,
            responder.writer
        )
        return try responder.respond(model, .init(section: .vclusters, fragment: VClusterListPage.fragment))
    }

    /// The hosts to filter by; none for readers who may not see hosts.
    private static func hosts(_ services: PortalServices, _ caller: Caller) async throws -> [Host] {
        guard caller.has(.hostsRead) else { return [] }
        return try await services.hosts.list(try PageRequest(size: PortalLimits.Pages.sizeMax), as: caller).items
    }
}

extension VClusterListPage {
    /// The list for a reader.
    init(
        query: VClusterListQuery,
        page: Page<VClusterSummary>,
        counts: [VClusterPhase: Int],
        tenants: TenantNames,
        choices: TenantChoices,
        hosts: [Host],
        caller: Caller,
        _ writer: Localizer
    ) {
        title = writer.text("vclusters.title")
        lead = writer.text("vclusters.lead")
        newHref = caller.mayCreate ? Route.vclusterNewPage.path : nil
        watchHref = Self.watchHref(query)
        currentHref = query.href
        let hasAny = counts.values.contains { $0 > 0 }
        tabs = hasAny ? Self.tabs(query, counts, writer) : []
        status = query.group?.rawValue
        self.query = query.text
        selects = Self.selects(query, choices, hosts, writer)
        clearHref = query.isFiltered ? VClusterListQuery(group: query.group).href : nil
        rows = page.items.map { Row($0, tenants, writer) }
        pager = page.items.isEmpty ? nil : Pager(query, page, writer)
        guard page.items.isEmpty else {
            empty = nil
            return
        }
        empty =
            hasAny || query.isFiltered
            ? EmptyModel(
                icon: "search",
                title: writer.text("vclusters.noneMatchTitle"),
                text: writer.text("vclusters.noneMatchText"),
                action: LinkModel(href: Route.vclustersPage.path, label: writer.text("vclusters.clearFilters"))
            ) : .noVClusters(mayCreate: caller.mayCreate, writer)
    }

    private static func watchHref(_ query: VClusterListQuery) -> String {
        guard let tenantID = query.tenantID else { return Route.vclustersWatch.path }
        return "\(Route.vclustersWatch.path)?tenantId=\(tenantID)"
    }

    private static func tabs(_ query: VClusterListQuery, _ counts: [VClusterPhase: Int], _ writer: Localizer) -> [Tab] {
        let all = Tab(
            href: query.with(group: nil).href,
            label: writer.text("status.all"),
            count: NumberText.grouped(counts.values.reduce(0, +)),
            isCurrent: query.group == nil
        )
        return [all]
            + PhaseGroup.allCases.map { group in
                Tab(
                    href: query.with(group: group).href,
                    label: writer.text("status.\(group.rawValue)"),
                    count: NumberText.grouped(group.count(counts)),
                    isCurrent: query.group == group
                )
            }
    }

    private static func selects(
        _ query: VClusterListQuery,
        _ tenants: TenantChoices,
        _ hosts: [Host],
        _ writer: Localizer
    ) -> [SelectModel] {
        let choices: [(name: String, all: String, isAll: Bool, options: [OptionModel])] = [
            (
                "tenant", "allTenants", query.tenantID == nil,
                TenantNames(tenants.lineage).options(tenants.offered, selected: query.tenantID)
            ),
            (
                "environment", "allEnvironments", query.environment == nil,
                VClusterEnvironment.allCases.map { environment in
                    let label = writer.text("environment.\(environment.rawValue)")
                    let isSelected = environment == query.environment
                    return OptionModel(value: environment.rawValue, label: label, isSelected: isSelected)
                }
            ),
            (
                "host", "allHosts", query.hostID == nil,
                hosts.map { host in
                    OptionModel(value: host.id.description, label: host.name, isSelected: host.id == query.hostID)
                }
            ),
        ]
        return choices.filter { $0.options.count > 1 || !$0.isAll }.map { choice in
            let all = OptionModel(value: "", label: writer.text("vclusters.\(choice.all)"), isSelected: choice.isAll)
            return SelectModel(
                id: "filter-\(choice.name)",
                name: choice.name,
                label: writer.text("vclusters.\(choice.name)"),
                options: [all] + choice.options
            )
        }
    }
}

extension VClusterListPage.Row {
    fileprivate init(_ vcluster: VClusterSummary, _ tenants: TenantNames, _ writer: Localizer) {
        let phase = vcluster.phase
        var badge = writer.text("phase.\(phase.rawValue)")
        if phase.isTransitional, let progress = vcluster.activeProgress {
            badge += " " + writer.text("operation.percent", ["percent": .number(progress)])
        }
        self.init(
            id: vcluster.id.description,
            href: Route.vclusterPage(vcluster.id).path,
            name: vcluster.name,
            tenant: tenants.path(vcluster.tenantID) ?? vcluster.tenantName,
            badge: BadgeModel(badge, phase.look),
            reason: phase == .error ? vcluster.reason.map { writer.reason($0) } : nil,
            environment: writer.text("environment.\(vcluster.environment.rawValue)"),
            version: vcluster.kubernetesVersion ?? "",
            host: vcluster.hostName,
            simulated: vcluster.isSimulated ? writer.text("simulated") : nil,
            createdAt: writer.time(vcluster.createdAt)
        )
    }
}

extension VClusterListPage.Pager {
    fileprivate init(_ query: VClusterListQuery, _ page: Page<VClusterSummary>, _ writer: Localizer) {
        self.init(
            summary: writer.count("vclusters.shown", page.items.count),
            firstHref: query.trail.isEmpty ? nil : query.firstPage.href,
            previousHref: query.previous?.href,
            nextHref: page.nextPageToken.map { query.next($0).href }
        )
    }
}
