import HTTPCore
import HTTPServer
import Portal

/// The requests that concern the reader: those that wait for them, their own, all that they see.
enum RequestListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .requestsPage, handler: list)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let service = context.services.approvals
        let token = context.query.first(named: "page")
        var filter = ApprovalRequestFilter()
        let asked = context.query.first(named: "view").flatMap(ApprovalRequestFilter.View.init(rawValue:))
        let waiting = try await service.countToDecide(as: caller)
        // Who is asked wants to see that first; everybody else their own.
        filter.view = asked ?? (waiting > 0 ? .toDecide : .mine)
        let page = try await service.list(filter, try PageRequest(token: token), as: caller)
        let lineage = try await context.services.tenants.lineage(of: page.items.map(\.tenantID), as: caller)
        let responder = PageResponder(context)
        let model = RequestListPage(
            page,
            filter.view,
            waiting: waiting,
            TenantNames(lineage),
            isFirst: token == nil,
            responder.writer
        )
        return try responder.respond(model, .init(section: .requests))
    }
}

extension RequestListPage {
    /// One page of requests.
    init(
        _ page: Page<ApprovalRequest>,
        _ view: ApprovalRequestFilter.View,
        waiting: Int,
        _ places: TenantNames,
        isFirst: Bool,
        _ writer: Localizer
    ) {
        func path(_ view: ApprovalRequestFilter.View) -> String { "\(Route.requestsPage.path)?view=\(view.rawValue)" }
        title = writer.text("requests.title")
        tabs = [ApprovalRequestFilter.View.toDecide, .mine, .all].map { tab in
            Tab(
                href: path(tab),
                label: writer.text("requests.view.\(tab.rawValue)"),
                count: tab == .toDecide && waiting > 0 ? NumberText.grouped(waiting) : nil,
                isCurrent: tab == view
            )
        }
        rows = page.items.map { Row($0, places, writer) }
        pager =
            isFirst && page.nextPageToken == nil
            ? nil
            : .init(
                summary: "",
                firstHref: isFirst ? nil : path(view),
                previousHref: nil,
                nextHref: page.nextPageToken.map { "\(path(view))&page=\(PercentCoding.encoded($0))" }
            )
        empty =
            page.items.isEmpty
            ? EmptyModel(
                icon: "check",
                title: writer.text("requests.none.\(view.rawValue)"),
                text: writer.text("requests.noneText.\(view.rawValue)")
            ) : nil
    }
}

extension RequestListPage.Row {
    fileprivate init(_ request: ApprovalRequest, _ places: TenantNames, _ writer: Localizer) {
        self.init(
            href: Route.requestPage(request.id).path,
            title: writer.title(request),
            note: writer.text(
                "requests.note",
                [
                    "person": .text(request.requesterName),
                    "tenant": .text(places.path(request.tenantID) ?? request.tenantName),
                    "policy": .text(request.policy.name),
                ]
            ),
            badge: BadgeModel(request.state, writer),
            time: writer.time(request.createdAt)
        )
    }
}
