import HTTPCore
import HTTPServer
import JSON
import Portal

/// One operation live: `/api/v1/operations/{id}/events`.
///
/// Every stream begins with the operation as it is, so a client that comes back needs no position.
enum OperationWatchEndpoint {
    static func register(on router: inout Router) {
        router.on(.get, .operationEvents) { context in
            let id: OperationID = try context.pathID()
            try context.requireNoParameters()
            let caller = try context.requireCaller()
            let services = context.services
            // A 404 has to be an answer, not the end of a stream.
            _ = try await services.operations.get(id, as: caller)
            return try LiveEvents.response(context) { writer in
                try await follow(id, services, caller, writer)
            }
        }
    }

    private static func follow(
        _ id: OperationID,
        _ services: PortalServices,
        _ caller: Caller,
        _ writer: EventWriter
    ) async throws {
        // Subscribed before it is read: what changes in between is told twice, never lost.
        let changes = try await services.changes.subscribe(as: caller, filter: ChangeFilter(operationID: id))
        if try await send(id, cursor: nil, services, caller, writer) { return }
        for try await item in changes {
            let cursor =
                switch item {
                case .change(let change): change.cursor
                case .reset(let cursor): cursor
                }
            if try await send(id, cursor: cursor, services, caller, writer) { return }
        }
    }

    /// Sends the operation as it is now and tells whether it has ended.
    private static func send(
        _ id: OperationID,
        cursor: ChangeCursor?,
        _ services: PortalServices,
        _ caller: Caller,
        _ writer: EventWriter
    ) async throws -> Bool {
        let operation = try await services.operations.get(id, as: caller)
        let isFinal = operation.state.isFinal
        try await writer.send(isFinal ? "finished" : "progress", id: cursor?.description, operation.json)
        return isFinal
    }
}
