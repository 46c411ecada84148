import Portal

@testable import PortalWeb

/// Sample models of lists.
enum SampleLists {
    static func operations(_ writer: Localizer) -> [OperationRow] {
        [
            ("create", "payments-dev", "running", StatusLook.busy, 62, 40.0),
            ("scale", "ledger-prod", "waiting", .wait, 30, 400),
            ("suspend", "checkout-test", "succeeded", .good, 100, 3_000),
            ("create", "fraud-model", "failed", .bad, 45, 7_400),
            ("delete", "old-demo", "cancelled", .cancelled, 10, 90_000),
        ].map { verb, name, state, look, progress, age in
            OperationRow(
                href: "/operations/0190",
                title: writer.text("operation.verb.\(verb)", ["name": .text(name)]),
                note: "Mei Lin · Acme / Engineering / Payments",
                progress: state == "running" ? ProgressModel(value: progress, label: "\(progress) %") : nil,
                badge: BadgeModel(writer.text("operation.state.\(state)"), look),
                createdAt: SamplePages.time(age, writer)
            )
        }
    }

    static func dashboard(_ writer: Localizer) -> DashboardPage {
        DashboardPage(
            title: writer.text("dashboard.title"),
            heading: writer.text("dashboard.heading", ["name": "Mei"]),
            lead: writer.count("dashboard.leadFailed", 2),
            newHref: "/vclusters/new",
            watchHref: "/api/v1/vclusters:watch",
            empty: nil,
            isFilled: true,
            figures: figures(writer),
            failed: [
                .init(
                    href: "/vclusters/1",
                    name: "fraud-model",
                    tenant: "Acme / Data / ML",
                    message: "The host “berlin-1” has no room for the control plane. Choose a smaller size.",
                    changedAt: SamplePages.time(7_300, writer)
                ),
                .init(
                    href: "/vclusters/2",
                    name: "reports",
                    tenant: "Acme / Data / BI",
                    message: nil,
                    changedAt: SamplePages.time(99_000, writer)
                ),
            ],
            failedHref: "/vclusters?status=failed",
            operations: operations(writer)
        )
    }

    private static func figures(_ writer: Localizer) -> [DashboardPage.Figure] {
        [
            ("running", StatusLook.good, "1,208"), ("changing", .busy, "3"), ("suspended", .paused, "41"),
            ("failed", .bad, "2"), ("deleted", .gone, "7"),
        ].map { status, look, value in
            .init(
                href: "/vclusters?status=\(status)",
                label: writer.text("status.\(status)"),
                value: value,
                icon: look.icon,
                tone: look.tone
            )
        }
    }

    static func emptyDashboard(_ writer: Localizer) -> DashboardPage {
        DashboardPage(
            title: writer.text("dashboard.title"),
            heading: writer.text("dashboard.heading", ["name": "Mei"]),
            lead: writer.text("dashboard.leadEmpty"),
            newHref: nil,
            watchHref: "/api/v1/vclusters:watch",
            empty: EmptyModel(
                icon: "vcluster",
                title: writer.text("dashboard.emptyTitle"),
                text: writer.text("dashboard.emptyText"),
                action: LinkModel(href: "/vclusters/new", label: writer.text("vclusters.new"), isPrimary: true)
            ),
            isFilled: false,
            figures: [],
            failed: [],
            failedHref: "/vclusters",
            operations: []
        )
    }

    static func vclusters(_ writer: Localizer) -> VClusterListPage {
        let phases: [(String, String, StatusLook, String?, Double)] = [
            ("payments-dev", "CREATING", .busy, nil, 40), ("payments-prod", "RUNNING", .good, nil, 8_000_000),
            ("checkout-test", "SUSPENDED", .paused, nil, 3_000), ("fraud-model", "ERROR", .bad, "unschedulable", 7_400),
            ("ledger-prod", "SCALING", .busy, nil, 400_000), ("old-demo", "DELETED", .gone, nil, 600_000),
            ("reports", "PENDING", .wait, nil, 2),
        ]
        return VClusterListPage(
            title: writer.text("vclusters.title"),
            lead: writer.text("vclusters.lead"),
            newHref: "/vclusters/new",
            watchHref: "/api/v1/vclusters:watch",
            currentHref: "/vclusters?q=pay",
            tabs: tabs(writer),
            status: "failed",
            query: "pay",
            selects: selects(writer),
            clearHref: "/vclusters",
            rows: phases.enumerated().map { index, entry in
                .init(
                    id: "\(index)",
                    href: "/vclusters/\(index)",
                    name: entry.0,
                    tenant: "Acme / Engineering / Payments",
                    badge: BadgeModel(writer.text("phase.\(entry.1)"), entry.2),
                    reason: entry.3.map { _ in writer.text("reason.Unschedulable") },
                    environment: index == 5 ? nil : writer.text("environment.\(["dev", "prod", "test"][index % 3])"),
                    version: index == 0 ? "" : "v1.33.4",
                    host: index.isMultiple(of: 2) ? "berlin-1" : "shanghai-2",
                    simulated: index.isMultiple(of: 2) ? writer.text("simulated") : nil,
                    createdAt: SamplePages.time(entry.4, writer)
                )
            },
            pager: .init(
                summary: writer.count("vclusters.shown", phases.count),
                firstHref: "/vclusters",
                previousHref: "/vclusters?page=a",
                nextHref: "/vclusters?page=b"
            ),
            empty: nil
        )
    }

    private static func tabs(_ writer: Localizer) -> [VClusterListPage.Tab] {
        [
            ("all", "1,261"), ("running", "1,208"), ("changing", "3"), ("suspended", "41"), ("failed", "2"),
            ("deleted", "7"),
        ]
        .map { status, count in
            .init(
                href: "/vclusters?status=\(status)",
                label: writer.text("status.\(status)"),
                count: count,
                isCurrent: status == "all"
            )
        }
    }

    private static func selects(_ writer: Localizer) -> [SelectModel] {
        [("tenant", "allTenants"), ("host", "allHosts")].map { name, all in
            SelectModel(
                id: "filter-\(name)",
                name: name,
                label: writer.text("vclusters.\(name)"),
                options: [
                    OptionModel(value: "", label: writer.text("vclusters.\(all)"), isSelected: true),
                    OptionModel(value: "1", label: "Acme / Engineering / Payments"),
                ]
            )
        }
    }

    static func noVClusters(_ writer: Localizer) -> VClusterListPage {
        VClusterListPage(
            title: writer.text("vclusters.title"),
            lead: writer.text("vclusters.lead"),
            newHref: nil,
            watchHref: "/api/v1/vclusters:watch",
            currentHref: "/vclusters",
            tabs: [],
            status: nil,
            query: "",
            selects: [],
            clearHref: nil,
            rows: [],
            pager: nil,
            empty: EmptyModel(
                icon: "search",
                title: writer.text("vclusters.noneMatchTitle"),
                text: writer.text("vclusters.noneMatchText"),
                action: LinkModel(href: "/vclusters", label: writer.text("vclusters.clearFilters"), isPrimary: true)
            )
        )
    }

    static func hosts(_ writer: Localizer, isEmpty: Bool) -> HostListPage {
        let row = HostListPage.Row(
            name: "berlin-1",
            note: "v1.31.2",
            badge: BadgeModel(writer.text("hosts.ready"), .good),
            driver: writer.text("hosts.helm"),
            simulated: writer.text("simulated"),
            loads: [
                .init(
                    name: writer.text("hosts.cpu"),
                    text: writer.text(
                        "hosts.reserved",
                        ["reserved": .text("104"), "all": .text("128"), "percent": .text("81")]
                    ),
                    percent: 81,
                    tone: StatusLook.wait.tone,
                    badge: BadgeModel(writer.text("hosts.nearlyFull"), .wait)
                )
            ],
            vclustersHref: "/vclusters?host=1",
            createdAt: SamplePages.time(900_000, writer)
        )
        return HostListPage(
            title: writer.text("hosts.title"),
            rows: isEmpty ? [] : [row],
            empty: isEmpty
                ? EmptyModel(icon: "host", title: writer.text("hosts.emptyTitle"), text: writer.text("hosts.emptyText"))
                : nil
        )
    }

    private static func auditFilters(_ writer: Localizer, isFiltered: Bool) -> AuditListPage.Filters {
        var query = AuditListQuery()
        if isFiltered { query.person = "mei@acme.example" }
        return .init(query, TenantChoices(offered: [], lineage: []), writer)
    }

    static func audit(_ writer: Localizer, isEmpty: Bool) -> AuditListPage {
        let row = AuditListPage.Row(
            verb: "vclusters.create",
            object: "payments-dev",
            note: "request 0190",
            badge: BadgeModel(writer.text("audit.succeeded"), .good),
            actor: "Mei Lin",
            time: SamplePages.time(40, writer)
        )
        return AuditListPage(
            title: writer.text("audit.title"),
            filters: auditFilters(writer, isFiltered: !isEmpty),
            rows: isEmpty ? [] : [row],
            pager: isEmpty
                ? nil : .init(summary: "", firstHref: "/audit", previousHref: nil, nextHref: "/audit?page=2"),
            empty: isEmpty
                ? EmptyModel(
                    icon: "audit",
                    title: writer.text("audit.emptyTitle"),
                    text: writer.text("audit.emptyText")
                ) : nil
        )
    }
}
