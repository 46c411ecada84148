import Logging

extension PostgresDatabase {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or the task is cancelled.
    ///
    /// `body` runs again from its start, after a jittered pause and at most `PostgresLimits.transactionAttemptsMax`
    /// times, when the server asks for it (40001, 40P01) or the connection was lost before the COMMIT. So it must have
    /// no effect besides its statements. It runs on the loop of its connection and must not block.
    ///
    /// BEGIN travels with the first statement; a body without statements costs no round trip.
    ///
    /// - Parameters:
    ///   - isolation: The server's isolation level.
    ///   - readOnly: Writes are refused with 25006, and the transaction may run again whatever happened to it.
    ///   - body: Gets the transaction, which is of no use after it has returned.
    /// - Returns: What `body` returned in the run that was committed.
    /// - Throws: What `body` throws; `PostgresError`, with `outcome == .unknown` when the connection was lost while the
    ///   COMMIT was under way; `CancellationError`.
    @discardableResult
    public func transaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await transaction(isolation: isolation, readOnly: readOnly, demand: .initial, body)
    }

    /// Runs `body` in a transaction under the setting that its statements want.
    func transaction<R: Sendable>(
        isolation: PostgresIsolation,
        readOnly: Bool,
        demand: SettingDemand,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            let outcome = try await pool.withConnection { connection in
                await TransactionRun.run(on: connection, isolation: isolation, readOnly: readOnly, demand: demand, body)
            }
            switch outcome {
            case .committed(let result): return result
            case .failed(let error, let mayRetry):
                guard mayRetry, attempt < limits.transactionAttemptsMax else { throw error }
                logger.debug("running a transaction again", metadata: ["attempt": "\(attempt)", "error": "\(error)"])
                try await Task.sleep(for: limits.backoff(afterAttempt: attempt))
                attempt += 1
            }
        }
    }

    /// Lends one connection, for what belongs to a session: advisory locks, settings, several transactions in a row.
    ///
    /// Afterwards the connection is reset (advisory locks, settings, temporary tables) and goes back to the pool.
    /// `body` runs once, on the loop of the connection.
    ///
    /// - Parameter body: Gets the connection, which is of no use after it has returned.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` throws; errors of the pool as in `query(_:)`.
    public func session<R: Sendable>(
        _ body: @Sendable (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await pool.withConnection { connection in
            let lease = ConnectionLease(connection)
            let result: Result<R, any Error>
            do {
                result = .success(try await body(PostgresConnection(lease: lease)))
            } catch {
                result = .failure(error)
            }
            await lease.end { await connection.resetSession() }
            return try result.get()
        }
    }
}

/// The isolation levels of PostgreSQL.
public enum PostgresIsolation: String, Sendable, Hashable {
    /// Every statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see one snapshot; conflicting writes fail with 40001.
    case repeatableRead = "REPEATABLE READ"
    /// As if one transaction ran after the other; conflicts fail with 40001.
    case serializable = "SERIALIZABLE"

    /// The statement that begins such a transaction.
    func begin(readOnly: Bool) -> SQL {
        switch (self, readOnly) {
        case (.readCommitted, false): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case (.readCommitted, true): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }
}
