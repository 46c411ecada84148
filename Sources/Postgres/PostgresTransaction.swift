/// A transaction.
///
/// Its statements run one after the other, also when several child tasks use it.
public struct PostgresTransaction: PostgresQueryable {
    /// The connection for the time of the transaction.
    let lease: ConnectionLease

    /// The setting that the statements find in force.
    let demand: SettingDemand

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await lease.exchange([sql], demand: demand).first?.rows ?? []
    }

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await lease.exchange([sql], demand: demand).first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await lease.exchange(statements, demand: demand).map(\.rows)
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
            try await rollBackToSavepoint()
            throw error
        }
        try await execute("RELEASE SAVEPOINT portal_savepoint")
        return result
    }

    /// In a transaction that has failed, nothing but this is accepted, no change of a setting either.
    private func rollBackToSavepoint() async throws {
        try await lease.use { connection in
            let statements: [SQL] = ["ROLLBACK TO SAVEPOINT portal_savepoint", "RELEASE SAVEPOINT portal_savepoint"]
            _ = try await connection.exchange(statements, demand: .any)
            connection.setting.rolledBack()
        }
    }
}

/// A connection that is lent for the time of `PostgresDatabase.session(_:)`.
public struct PostgresConnection: PostgresQueryable {
    /// The connection for the time of the session.
    let lease: ConnectionLease

    /// Runs a statement on this connection; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await lease.exchange([sql], demand: .initial).first?.rows ?? []
    }

    /// Runs a statement on this connection; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await lease.exchange([sql], demand: .initial).first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await lease.exchange(statements, demand: .initial).map(\.rows)
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
            await TransactionRun.run(on: connection, isolation: isolation, readOnly: readOnly, demand: .initial, body)
        }
        switch outcome {
        case .committed(let result): return result
        case .failed(let error, _): throw error
        }
    }
}
