/// A transaction.
///
/// Its statements run one after the other, also when several child tasks use it.
public struct PostgresTransaction: PostgresQueryable {
    /// The connection for the time of the transaction.
    let lease: ConnectionLease

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await lease.exchange([sql]).first?.rows ?? []
    }

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await lease.exchange([sql]).first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await lease.exchange(statements).map(\.rows)
    }

    /// Runs `body` so that what it did can be undone alone: when it throws, the transaction goes on as if it had not
    /// run.
    ///
    /// One savepoint at a time; those of nested calls nest.
    ///
    /// - Parameter body: Uses this same transaction.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` throws.
    public func savepoint<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await execute("SAVEPOINT portal_savepoint")
        let result: R
        do {
            result = try await body()
        } catch {
            try await pipeline(["ROLLBACK TO SAVEPOINT portal_savepoint", "RELEASE SAVEPOINT portal_savepoint"])
            throw error
        }
        try await execute("RELEASE SAVEPOINT portal_savepoint")
        return result
    }
}

/// A connection that is lent for the time of `PostgresDatabase.session(_:)`.
public struct PostgresConnection: PostgresQueryable {
    /// The connection for the time of the session.
    let lease: ConnectionLease

    /// Runs a statement on this connection; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await lease.exchange([sql]).first?.rows ?? []
    }

    /// Runs a statement on this connection; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await lease.exchange([sql]).first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await lease.exchange(statements).map(\.rows)
    }

    /// Runs `body` once in a transaction on this connection; nothing is run again.
    ///
    /// - Throws: What `body` throws; `PostgresError`; `CancellationError`.
    @discardableResult
    public func transaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let outcome = try await lease.use { connection in
            await TransactionRun.run(on: connection, isolation: isolation, readOnly: readOnly, body)
        }
        switch outcome {
        case .committed(let result): return result
        case .failed(let error, _): throw error
        }
    }
}
