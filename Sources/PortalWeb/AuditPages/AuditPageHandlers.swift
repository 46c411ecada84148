import HTTPCore
import HTTPServer
import Portal

/// The audit log, to look at.
enum AuditPageHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .auditPage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let token = context.query.first(named: "page")
        let request = try PageRequest(token: token)
        let page = try await context.services.audit.list(AuditFilter(), request, as: caller)
        let responder = PageResponder(context)
        let model = AuditListPage(page, isFirst: request.token == nil, responder.writer)
        return try responder.respond(model, .init(section: .audit))
    }
}

extension AuditListPage {
    /// One page of the log.
    init(_ page: Page<AuditEvent>, isFirst: Bool, _ writer: Localizer) {
        let path = Route.auditPage.path
        title = writer.text("audit.title")
        rows = page.items.map { Row($0, writer) }
        pager = VClusterListPage.Pager(
            summary: "",
            firstHref: isFirst ? nil : path,
            previousHref: nil,
            nextHref: page.nextPageToken.map { "\(path)?page=\(PercentCoding.encoded($0))" }
        )
        empty =
            page.items.isEmpty
            ? EmptyModel(icon: "audit", title: writer.text("audit.emptyTitle"), text: writer.text("audit.emptyText"))
            : nil
    }
}

extension AuditListPage.Row {
    fileprivate init(_ event: AuditEvent, _ writer: Localizer) {
        let name = event.object.name.isEmpty ? event.object.id : event.object.name
        self.init(
            verb: event.verb,
            object: name,
            note: event.object.kind,
            badge: BadgeModel(writer.text("audit.\(event.result.rawValue)"), event.result.look),
            actor: event.actorName,
            time: writer.time(event.at)
        )
    }
}
