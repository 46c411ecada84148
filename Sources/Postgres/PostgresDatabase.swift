public import EventLoop
public import Logging
public import ServiceLifecycle

/// A PostgreSQL database: a pool of connections.
///
/// Ready after `init`; connections are opened when they are needed. `run()` adds the upkeep of a long-lived process.
/// Call `close()` (or end `run()`) before the loops are shut down.
///
/// **What is sent again after a lost connection.** A statement outside a transaction is sent again, on another
/// connection, when it had no effect: it was not sent yet (idle connections of a restarted server are noticed before),
/// or the server answered that it ends the session, which rolls the statement back (`FATAL`, 57P01). If the connection
/// broke without a word in the middle of it, only a statement marked `idempotent: true` is sent again. A transaction
/// runs again if the connection is lost before COMMIT was sent, and a read-only one always.
public final class PostgresDatabase: PostgresQueryable, Service {
    /// The pool, for this module.
    let pool: ConnectionPool

    /// The tasks of the listeners.
    let listeners = ListenerRegistry()

    /// Takes notices, lost connections and failures in the background.
    let logger: Logger

    /// The bounds in force.
    public var limits: PostgresLimits { pool.settings.configuration.limits }

    /// Makes a database without connecting to it.
    ///
    /// - Parameters:
    ///   - configuration: Where it is, and the bounds.
    ///   - group: The loops that the connections live on; not shut down by the database.
    ///   - logger: Takes notices and what happens in the background.
    /// - Throws: `PostgresError` `.configuration` when the URL cannot be read.
    public init(configuration: PostgresConfiguration, group: EventLoopGroup, logger: Logger) throws(PostgresError) {
        pool = ConnectionPool(settings: try ConnectionSettings(configuration, logger: logger), group: group)
        self.logger = logger
    }

    /// What the pool is doing.
    public var statistics: PoolStatistics { pool.statistics }

    /// Runs a statement on any connection; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await query(sql, idempotent: false)
    }

    /// Runs a statement on any connection.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - idempotent: True when running it twice is as good as once, as for a SELECT without side effects; it is then
    ///     sent again even if the connection broke while it ran.
    /// - Returns: All rows, as `query(_:)`.
    /// - Throws: As `query(_:)`.
    @discardableResult
    public func query(_ sql: SQL, idempotent: Bool) async throws -> [PostgresRow] {
        let results = try await exchange([sql], idempotent: idempotent, demand: .initial)
        return results.first?.rows ?? []
    }

    /// Runs a statement on any connection; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await execute(sql, idempotent: false)
    }

    /// Runs a statement on any connection and returns the number of rows.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - idempotent: As in `query(_:idempotent:)`.
    /// - Returns: Rows inserted, updated, deleted or selected.
    /// - Throws: As `query(_:)`.
    @discardableResult
    public func execute(_ sql: SQL, idempotent: Bool) async throws -> Int {
        let results = try await exchange([sql], idempotent: idempotent, demand: .initial)
        return results.first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip and one transaction; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await exchange(statements, idempotent: false, demand: .initial).map(\.rows)
    }

    /// Closes all connections; statements under way finish, new ones get `.closed`.
    ///
    /// May be called twice.
    public func close() async {
        listeners.close()
        await pool.close()
    }

    /// Runs statements on any connection, under the setting that they want.
    func exchange(_ statements: [SQL], idempotent: Bool, demand: SettingDemand) async throws -> [PostgresResult] {
        try limits.checkPipeline(statements)
        guard !statements.isEmpty else { return [] }
        var attempt = 1
        while true {
            // What the pool throws is final: it has tried to connect for as long as a caller may wait.
            let outcome = try await pool.withConnection { connection -> Result<[PostgresResult], any Error> in
                do {
                    return .success(try await connection.exchange(statements, demand: demand))
                } catch {
                    return .failure(error)
                }
            }
            guard case .failure(let error as PostgresError) = outcome, error.kind == .connection,
                error.outcome == .notExecuted || idempotent, attempt < limits.statementAttemptsMax
            else { return try outcome.get() }
            logger.debug("sending a statement again after a lost connection", metadata: ["error": "\(error)"])
            try await Task.sleep(for: limits.backoff(afterAttempt: attempt))
            attempt += 1
        }
    }
}

extension PostgresLimits {
    /// - Throws: `PostgresError` `.encoding` when there are too many statements.
    func checkPipeline(_ statements: [SQL]) throws(PostgresError) {
        guard statements.count <= pipelineStatementsMax else {
            let message = "\(statements.count) statements in one pipeline are more than \(pipelineStatementsMax)"
            throw PostgresError(.encoding, message)
        }
    }
}
