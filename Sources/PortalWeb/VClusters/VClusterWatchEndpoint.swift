import HTTPCore
import HTTPServer
import JSON
import Portal

/// All visible vclusters live: `/api/v1/vclusters:watch`.
enum VClusterWatchEndpoint {
    static func register(on router: inout Router) {
        router.on(.get, .vclustersWatch) { context in
            var query = QueryReader(context.query)
            let sendsInitial = query.flag("sendInitial")
            let tenantID = query.id("tenantId", TenantID.self)
            let header = context.request.headers["Last-Event-ID"]
            let cursor = header.flatMap { ChangeCursor($0) }
            if header != nil, cursor == nil {
                query.fail("Last-Event-ID", FieldErrorCode.invalidValue, "must be the id of an event of this stream")
            }
            try query.finish()
            let caller = try context.requireCaller()
            // A tenant that cannot be seen has to be a 404, not a stream on which nothing happens.
            if let tenantID { _ = try await context.services.tenants.get(tenantID, as: caller) }
            let watch = VClusterWatch(services: context.services, tenantID: tenantID)
            return try LiveEvents.response(context) { writer, caller in
                try await watch.run(since: cursor, sendsInitial: sendsInitial, writer, caller)
            }
        }
    }
}

/// One subscriber of the changes of vclusters.
private struct VClusterWatch: Sendable {
    let services: PortalServices
    let tenantID: TenantID?

    /// Operations too: the progress of the active one is part of what a list shows of its vcluster.
    private var filter: ChangeFilter { ChangeFilter(tenantID: tenantID) }

    func run(
        since cursor: ChangeCursor?,
        sendsInitial: Bool,
        _ writer: EventWriter,
        _ caller: LiveCaller
    ) async throws {
        // Taken before the list is read: what changes in between is told twice, never lost.
        let start = if let cursor { cursor } else { try await services.changes.currentCursor() }
        let changes = try await caller.subscribe(since: start, filter: filter)
        // Who comes back with a position has the initial state already.
        if cursor == nil {
            if sendsInitial { try await sendAll(writer, try await caller.current()) }
            // Only now: who is cut off in the list has to get all of it again.
            try await writer.send(position: start.description)
        }
        for await item in changes {
            switch item {
            case .change(let change): try await send(change, writer, try await caller.current())
            case .reset(let cursor): try await writer.send("RESET", id: cursor.description, ["type": "RESET"])
            }
        }
    }

    private func sendAll(_ writer: EventWriter, _ caller: Caller) async throws {
        var token: String?
        repeat {
            let request = try PageRequest(size: PortalLimits.Pages.sizeMax, token: token)
            let page = try await services.vclusters.list(VClusterFilter(tenantID: tenantID), request, as: caller)
            for vcluster in page.items {
                try await writer.send("ADDED", id: nil, ["type": "ADDED", "object": vcluster.json])
            }
            token = page.nextPageToken
        } while token != nil
    }

    private func send(_ change: Change, _ writer: EventWriter, _ caller: Caller) async throws {
        // It passed the feed for the caller of before, who may have lost a role since.
        guard let change = filter.view(of: change, by: caller) else { return }
        var type = change.kind == .operation ? .modified : change.type
        var object: JSONValue = [
            "id": .string(change.vclusterID.description), "tenantId": .string(change.tenantID.description),
        ]
        if type != .deleted {
            do {
                object = try await services.vclusters.summary(change.vclusterID, as: caller).json
            } catch let error as PortalError where error.code == .notFound {
                // Removed since, or out of sight: for this client it is gone.
                type = .deleted
            }
        }
        let data: JSONValue = ["type": .string(type.rawValue), "object": object]
        try await writer.send(type.rawValue, id: change.cursor.description, data)
    }
}
