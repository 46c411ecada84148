import HTTPCore
import HTTPServer
import Portal

/// The overview: what runs, what waits, what failed.
enum DashboardHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .homePage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let services = context.services
        let page = try PageRequest(size: WebLimits.Pages.overviewRowsMax)
        async let counts = services.vclusters.counts(as: caller)
        async let failed = services.vclusters.list(VClusterFilter(phases: [.error]), page, as: caller)
        async let operations = services.operations.list(OperationFilter(), page, as: caller)
        let responder = PageResponder(context)
        let mentioned = try await failed.items.map(\.tenantID) + operations.items.map(\.tenantID)
        let model = DashboardPage(
            caller: caller,
            counts: try await counts,
            failed: try await failed.items,
            operations: try await operations.items,
            tenants: TenantNames(try await services.tenants.lineage(of: mentioned, as: caller)),
            responder.writer
        )
        return try responder.respond(model, .init(section: .home, fragment: DashboardPage.fragment))
    }
}

extension DashboardPage {
    /// The overview of a reader.
    init(
        caller: Caller,
        counts: [VClusterPhase: Int],
        failed: [VClusterSummary],
        operations: [Operation],
        tenants: TenantNames,
        _ writer: Localizer
    ) {
        let total = counts.reduce(0) { $1.key == .deleted ? $0 : $0 + $1.value }
        let failedCount = PhaseGroup.failed.count(counts)
        let isEmpty = counts.isEmpty && operations.isEmpty
        let firstName = caller.user.name.split(separator: " ").first.map(String.init) ?? caller.user.name
        title = writer.text("dashboard.title")
        heading = writer.text("dashboard.heading", ["name": .text(firstName)])
        if isEmpty {
            lead = writer.text("dashboard.leadEmpty")
        } else if failedCount > 0 {
            lead = writer.count("dashboard.leadFailed", failedCount)
        } else {
            lead = writer.count("dashboard.leadQuiet", total)
        }
        newHref = caller.mayCreate ? Route.vclusterNewPage.path : nil
        watchHref = Route.vclustersWatch.path
        empty = isEmpty ? EmptyModel.noVClusters(mayCreate: caller.mayCreate, writer) : nil
        isFilled = !isEmpty
        figures = isEmpty ? [] : PhaseGroup.allCases.map { Figure($0, counts, writer) }
        self.failed = failed.map { vcluster in
            FailedRow(
                href: Route.vclusterPage(vcluster.id).path,
                name: vcluster.name,
                tenant: tenants.path(vcluster.tenantID) ?? vcluster.tenantName,
                message: vcluster.reason.map { writer.reason($0) }
                    ?? (vcluster.message.isEmpty ? nil : vcluster.message),
                changedAt: writer.time(vcluster.updatedAt)
            )
        }
        failedHref = VClusterListQuery(group: .failed).href
        self.operations = operations.map { OperationRow($0, tenant: tenants.path($0.tenantID), writer) }
    }
}

extension DashboardPage.Figure {
    fileprivate init(_ group: PhaseGroup, _ counts: [VClusterPhase: Int], _ writer: Localizer) {
        self.init(
            href: VClusterListQuery(group: group).href,
            label: writer.text("status.\(group.rawValue)"),
            value: NumberText.grouped(group.count(counts)),
            icon: group.look.icon,
            tone: group.look.tone
        )
    }
}

extension EmptyModel {
    /// What to do while there is no vcluster at all.
    static func noVClusters(mayCreate: Bool, _ writer: Localizer) -> EmptyModel {
        let kind = mayCreate ? "empty" : "emptyReadOnly"
        return EmptyModel(
            icon: "vcluster",
            title: writer.text("dashboard.\(kind)Title"),
            text: writer.text("dashboard.\(kind)Text"),
            action: mayCreate
                ? LinkModel(href: Route.vclusterNewPage.path, label: writer.text("vclusters.new"), isPrimary: true)
                : nil
        )
    }
}

extension Caller {
    /// Whether there is a tenant where the reader may create vclusters.
    var mayCreate: Bool {
        isSystem || bindings.contains { $0.permissions.contains(.vclustersCreate) }
    }
}
