import CLibPQ
import EventLoop
import Logging

extension PostgresDatabase {
    /// Listens to channels on a connection of its own until the reader stops.
    ///
    /// The stream begins with `.connected`. A lost connection is opened again without end, with a growing pause, and
    /// then reported as `.reconnected`. A reader that is more than `PostgresLimits.notificationsBufferedMax` behind
    /// loses the oldest messages and gets `.reconnected` in their place.
    ///
    /// - Parameter channels: Names of channels as in `NOTIFY name` (lower case unless quoted there); at most
    ///   `PostgresLimits.listenChannelsMax`, further ones are ignored.
    /// - Returns: A stream for one reader. It ends when the database is closed or its loops are stopped.
    public func listen(to channels: [String]) -> AsyncStream<PostgresNotification> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgresNotification.self,
            bufferingPolicy: .bufferingNewest(limits.notificationsBufferedMax)
        )
        let loop = EventLoop.current ?? pool.group.next()
        let listener = Listener(
            channels: Array(channels.prefix(limits.listenChannelsMax)),
            settings: pool.settings,
            canceller: pool.canceller,
            output: continuation
        )
        // Owned by the stream and the database: it ends when nobody reads any more, or with `close()`.
        let task = Task(executorPreference: loop) { await listener.run(on: loop) }
        let ticket = listeners.add(task)
        continuation.onTermination = { [listeners] _ in
            task.cancel()
            listeners.remove(ticket)
        }
        return stream
    }
}

/// Keeps one listening connection and passes on what it hears.
struct Listener: Sendable {
    /// Names of channels.
    let channels: [String]
    /// Where to connect to.
    let settings: ConnectionSettings
    /// Stops statements that were given up.
    let canceller: Canceller
    /// Where messages go.
    let output: AsyncStream<PostgresNotification>.Continuation

    /// Listens until the task is cancelled or the loop stops; must be on the loop.
    func run(on loop: EventLoop) async {
        var wasConnected = false
        var attempt = 0
        while !Task.isCancelled && loop.isCurrent {
            do {
                let connection = try await ServerConnection.open(settings, loop: loop, canceller: canceller)
                defer { connection.close() }
                // In one transaction: all channels from the same moment on.
                let statements = channels.map { "LISTEN \(identifier: ChannelName(identifier: $0))" as SQL }
                _ = try await connection.exchange(statements, demand: .any)
                send(wasConnected ? .reconnected : .connected)
                wasConnected = true
                attempt = 0
                try await hear(connection)
            } catch {
                guard !Task.isCancelled else { break }
                settings.logger.warning(
                    "the listening connection was lost or not opened",
                    metadata: ["error": "\(String(reflecting: error))"]
                )
            }
            attempt += 1
            try? await Task.sleep(for: settings.configuration.limits.backoff(afterAttempt: attempt))
        }
        output.finish()
    }

    /// Passes messages on until the connection fails.
    private func hear(_ connection: ServerConnection) async throws {
        let interval = settings.configuration.limits.listenProbeInterval
        while true {
            for message in try await connection.notifications(within: interval) { send(message) }
            if connection.isSilent(for: interval) { _ = try await connection.exchange(["SELECT 1"], demand: .any) }
        }
    }

    private func send(_ notification: PostgresNotification) {
        if case .dropped = output.yield(notification) {
            // Takes the place of one more message; the reader catches up on both.
            output.yield(.reconnected)
        }
    }
}

extension ServerConnection {
    /// Waits for messages of NOTIFY.
    ///
    /// Source: PostgreSQL documentation, "Asynchronous Notification".
    ///
    /// - Parameter interval: How long to wait at most.
    /// - Returns: At least one message, or none when the time is over.
    /// - Throws: `PostgresError` `.connection`; `CancellationError`.
    fileprivate func notifications(within interval: Duration) async throws -> [PostgresNotification] {
        try await inTurn { handle in
            var messages = pendingNotifications(handle)
            guard messages.isEmpty else { return messages }
            guard try await waitForInput(handle, deadline: .now.advanced(by: interval)) else { return [] }
            // Lets libpq take the messages apart.
            _ = PQisBusy(handle)
            messages = pendingNotifications(handle)
            if PQstatus(handle) != CONNECTION_OK { throw lost(handle) }
            return messages
        }
    }

    /// True when nothing was heard for an interval.
    fileprivate func isSilent(for interval: Duration) -> Bool {
        LoopInstant.now >= lastInput.advanced(by: interval)
    }

    private func pendingNotifications(_ handle: OpaquePointer) -> [PostgresNotification] {
        var messages: [PostgresNotification] = []
        while let notification = PQnotifies(handle) {
            messages.append(
                .message(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)
                )
            )
            PQfreemem(notification)
        }
        return messages
    }
}
