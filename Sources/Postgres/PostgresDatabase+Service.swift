import Logging
import ServiceLifecycle

extension PostgresDatabase {
    /// Asks the server for nothing, to see that it answers.
    ///
    /// - Throws: `PostgresError` when it does not.
    public func ping() async throws {
        try await query("SELECT 1", idempotent: true)
    }

    /// Opens a connection, closes idle ones from time to time, and closes the database when the service is stopped.
    ///
    /// A server that cannot be reached is reported to the log and does not end the service: readiness checks tell
    /// whether the database is there.
    public func run() async throws {
        do {
            try await ping()
        } catch {
            logger.error("the database cannot be reached", metadata: ["error": "\(String(reflecting: error))"])
        }
        let period = limits.idleConnectionMax / 2
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: period)
                pool.closeIdle()
            }
        }
        await close()
    }
}
