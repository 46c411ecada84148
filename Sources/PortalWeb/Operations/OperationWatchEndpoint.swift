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
            return try LiveEvents.response(context) { writer, live in
                try await follow(id, services, live, writer)
            }
        }
    }

    private static func follow(
        _ id: OperationID,
        _ services: PortalServices,
        _ caller: LiveCaller,
        _ writer: EventWriter
    ) async throws {
        // Subscribed before it is read: what changes in between is told twice, never lost.
        let changes = try await caller.subscribe(since: nil, filter: ChangeFilter(operationID: id))
        if try await send(id, cursor: nil, services, caller, writer) { return }
        for await item in changes {
            let cursor =
                switch item {
                case .change(let change): change.cursor
                case .reset(let cursor): cursor
                }
            if try await send(id, cursor: cursor, services, caller, writer) { return }
        }
    }

    /// Sends the operation as it is now and tells whether that is all: it has ended, or went out of the caller's sight.
    private static func send(
        _ id: OperationID,
        cursor: ChangeCursor?,
        _ services: PortalServices,
        _ caller: LiveCaller,
        _ writer: EventWriter
    ) async throws -> Bool {
        do {
            let operation = try await services.operations.get(id, as: try await caller.current())
            let isFinal = operation.state.isFinal
            try await writer.send(isFinal ? "finished" : "progress", id: cursor?.description, operation.json)
            return isFinal
        } catch let error as PortalError where error.code == .notFound {
            return true
        }
    }
}
