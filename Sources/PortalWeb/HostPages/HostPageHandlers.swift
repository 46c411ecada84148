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
        let rooms = try await context.services.hosts.rooms(of: hosts.map(\.id), as: caller)
        let responder = PageResponder(context)
        return try responder.respond(HostListPage(hosts, rooms: rooms, responder.writer), .init(section: .hosts))
    }
}

extension HostListPage {
    /// The list of hosts.
    init(_ hosts: [Host], rooms: [HostID: HostRoom] = [:], _ writer: Localizer) {
        title = writer.text("hosts.title")
        rows = hosts.map { Row($0, room: rooms[$0.id], writer) }
        empty =
            hosts.isEmpty
            ? EmptyModel(icon: "host", title: writer.text("hosts.emptyTitle"), text: writer.text("hosts.emptyText"))
            : nil
    }
}

extension HostListPage.Row {
    fileprivate init(_ host: Host, room: HostRoom?, _ writer: Localizer) {
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
            loads: HostRoom.dimensions.compactMap { HostListPage.Load(room, $0, writer) },
            vclustersHref: query.href,
            createdAt: writer.time(host.createdAt)
        )
    }
}

extension HostListPage.Load {
    /// One bar; nil while nothing is known of the host.
    fileprivate init?(_ room: HostRoom?, _ dimension: QuotaDimension, _ writer: Localizer) {
        guard let room, let all = room.allocatable(dimension), let percent = room.percent(dimension) else { return nil }
        let reserved = dimension.readable(room.load[dimension]?.total ?? 0)
        let state = room.state(dimension)
        self.init(
            name: writer.text("hosts.\(dimension.name)"),
            text: writer.text(
                "hosts.reserved",
                ["reserved": .text(reserved), "all": .text(dimension.readable(all)), "percent": .text("\(percent)")]
            ),
            percent: min(100, percent),
            tone: state.look.tone,
            badge: BadgeModel(writer.text("hosts.\(state.rawValue)"), state.look)
        )
    }
}

extension HostRoom.State {
    /// How the state looks in a list.
    fileprivate var look: StatusLook {
        switch self {
        case .unknown: .idle
        case .roomy: .good
        case .nearlyFull: .wait
        case .full: .bad
        }
    }
}
