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
            let watch = VClusterWatch(services: context.services, caller: caller, tenantID: tenantID)
            return try LiveEvents.response(context) { writer in
                // Who comes back with a position has the initial state already.
                try await watch.run(since: cursor, sendsInitial: sendsInitial && cursor == nil, writer)
            }
        }
    }
}

/// One subscriber of the changes of vclusters.
private struct VClusterWatch: Sendable {
    let services: PortalServices
    let caller: Caller
    let tenantID: TenantID?

    func run(since cursor: ChangeCursor?, sendsInitial: Bool, _ writer: EventWriter) async throws {
        // Subscribed before the list is read: what changes in between is told twice, never lost.
        // Operations too: the progress of the active one is part of what a list shows of its vcluster.
        let filter = ChangeFilter(tenantID: tenantID)
        let changes = try await services.changes.subscribe(as: caller, since: cursor, filter: filter)
        if sendsInitial { try await sendAll(writer) }
        for try await item in changes {
            switch item {
            case .change(let change): try await send(change, writer)
            case .reset(let cursor): try await writer.send("RESET", id: cursor.description, ["type": "RESET"])
            }
        }
    }

    private func sendAll(_ writer: EventWriter) async throws {
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

    private func send(_ change: Change, _ writer: EventWriter) async throws {
        var type = change.kind == .operation ? .modified : change.type
        var object: JSONValue = [
            "id": .string(change.vclusterID.description), "tenantId": .string(change.tenantID.description),
        ]
        if type != .deleted {
            do {
                object = try await summary(change.vclusterID)
            } catch let error as PortalError where error.code == .notFound {
                // Removed since, or out of sight: for this client it is gone.
                type = .deleted
            }
        }
        let data: JSONValue = ["type": .string(type.rawValue), "object": object]
        try await writer.send(type.rawValue, id: change.cursor.description, data)
    }

    /// A vcluster in the form of lists.
    private func summary(_ id: VClusterID) async throws -> JSONValue {
        let vcluster = try await services.vclusters.get(id, as: caller)
        var activeOperation: Operation?
        if let operationID = vcluster.activeOperationID {
            activeOperation = try await services.operations.get(operationID, as: caller)
        }
        return vcluster.summaryJSON(activeOperation: activeOperation)
    }
}
