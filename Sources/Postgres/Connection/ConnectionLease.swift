import Synchronization

/// The right to use a connection for the time of one transaction or session.
final class ConnectionLease: Sendable {
    private let connection: ServerConnection
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        var firstFailure: PostgresError?
    }

    /// Starts the lease.
    init(_ connection: ServerConnection) {
        self.connection = connection
    }

    /// The first error of the server, however the code that got it wrapped or ignored it.
    var firstFailure: PostgresError? { state.withLock(\.firstFailure) }

    /// The bounds in force.
    var limits: PostgresLimits { connection.settings.configuration.limits }

    /// Runs `body` with the connection, on its loop.
    ///
    /// - Throws: `PostgresError` `.closed` after the end.
    func use<R: Sendable>(_ body: (ServerConnection) async throws -> R) async throws -> R {
        guard !state.withLock(\.isEnded) else {
            throw PostgresError(.closed, "the transaction or session has ended")
        }
        do {
            return try await connection.onLoop { try await body(connection) }
        } catch let error as PostgresError {
            state.withLock { state in
                if state.firstFailure == nil { state.firstFailure = error }
            }
            throw error
        }
    }

    /// Runs statements under the setting that they want and returns their results.
    func exchange(_ statements: [SQL], demand: SettingDemand) async throws -> [PostgresResult] {
        try limits.checkPipeline(statements)
        guard !statements.isEmpty else { return [] }
        return try await use { try await $0.exchange(statements, demand: demand) }
    }

    /// Ends the lease, then runs `cleanUp` even if the task was cancelled.
    func end(_ cleanUp: @escaping @Sendable () async -> Void) async {
        state.withLock { $0.isEnded = true }
        // A task of its own is not cancelled with the caller's, which owns it and waits for it here.
        await Task(executorPreference: connection.loop) { await cleanUp() }.value
    }
}

extension ServerConnection {
    /// Ends a transaction that is open; without a round trip when nothing was sent.
    ///
    /// Failing breaks the connection.
    func rollBack() async {
        if pendingBegin != nil {
            pendingBegin = nil
            return
        }
        guard !isBroken, isInTransaction else { return }
        do {
            _ = try await exchange(["ROLLBACK"], demand: .any)
            setting.rolledBack()
        } catch {
            isBroken = true
        }
    }

    /// Brings the session back to what it was after the connect.
    ///
    /// Failing breaks the connection.
    func resetSession() async {
        await rollBack()
        guard !isBroken else { return }
        do {
            let statements: [SQL] = ["SELECT pg_advisory_unlock_all()", "RESET ALL", "DISCARD TEMP", "UNLISTEN *"]
            _ = try await exchange(statements, demand: .any)
            setting.reset()
        } catch {
            isBroken = true
        }
    }
}
