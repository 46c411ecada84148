import HTTPCore
import HTTPServer
import Portal

/// The list of hosts, to look at.
enum HostPageHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .hostsPage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        try caller.require(.hostsManage)
        let request = try PageRequest(size: PortalLimits.Pages.sizeMax)
        let hosts = try await context.services.hosts.list(request, as: caller).items
        let responder = PageResponder(context)
        return try responder.respond(HostListPage(hosts, responder.writer), .init(section: .hosts))
    }
}

extension HostListPage {
    /// The list of hosts.
    init(_ hosts: [Host], _ writer: Localizer) {
        title = writer.text("hosts.title")
        rows = hosts.map { Row($0, writer) }
        empty =
            hosts.isEmpty
            ? EmptyModel(icon: "host", title: writer.text("hosts.emptyTitle"), text: writer.text("hosts.emptyText"))
            : nil
    }
}

extension HostListPage.Row {
    fileprivate init(_ host: Host, _ writer: Localizer) {
        var query = VClusterListQuery()
        query.hostID = host.id
        let version = host.kubernetesVersion.map { writer.text("hosts.kubernetes", ["version": .text($0)]) }
        let notes = [
            version,
            host.acceptsNew ? nil : writer.text("hosts.closed"),
            host.stateMessage.isEmpty ? nil : host.stateMessage,
        ].compactMap { $0 }
        self.init(
            name: host.name,
            note: notes.isEmpty ? nil : notes.joined(separator: " · "),
            badge: BadgeModel(writer.text("hosts.\(host.state.rawValue)"), host.state.look),
            driver: host.isSimulated ? "" : writer.text("hosts.helm"),
            simulated: host.isSimulated ? writer.text("simulated") : nil,
            vclustersHref: query.href,
            createdAt: writer.time(host.createdAt)
        )
    }
}
