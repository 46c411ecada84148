import HTTPCore
import HTTPServer
import JSON
import Portal

/// Streams of server-sent events: a place in the gate, heart-beats in silence, a bounded life.
enum LiveEvents {
    /// Writes the events of one stream for a caller; returning ends the stream.
    typealias Producer = @Sendable (EventWriter, LiveCaller) async throws -> Void

    /// A response that runs a producer until it returns, the client leaves, the server stops, the sign-in of the caller
    /// ends, or its life is over.
    ///
    /// - Throws: 429 or 503 when too many streams are open.
    static func response(_ context: RequestContext, produce: @escaping Producer) throws -> HTTPResponse {
        let limits = context.limits
        let place = try context.environment.eventStreams.enter(context.requireCaller().user.id, limits: limits)
        return .events(heartbeat: .seconds(limits.eventHeartbeatSeconds)) { writer in
            let caller = try LiveCaller(context)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await produce(writer, caller) }
                    group.addTask { try await caller.watch() }
                    // Clients come back by themselves, to another server perhaps.
                    group.addTask { try await Task.sleep(for: .seconds(limits.eventStreamLifetimeSeconds)) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            } catch is LiveCaller.SignInEnded {
                // An orderly end: who comes back is asked who they are.
            }
            place.leave()
        }
    }
}

extension EventWriter {
    /// Sends one event with a JSON document.
    func send(_ event: String, id: String?, _ data: JSONValue) async throws {
        try await send(ServerSentEvent(id: id, event: event, data: data.encodedString()))
    }
}
