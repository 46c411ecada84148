public import Postgres

/// The database in somebody's name: every statement finds their scope in force.
///
/// The scope travels with the first statement on a connection that had another one before; it never costs a round trip.
public struct ScopedDatabase: PostgresQueryable {
    let scope: PostgresScope

    /// Runs a statement; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await scope.query(sql)
    }

    /// Runs a statement; see `PostgresDatabase.query(_:idempotent:)`.
    @discardableResult
    public func query(_ sql: SQL, idempotent: Bool) async throws -> [PostgresRow] {
        try await scope.query(sql, idempotent: idempotent)
    }

    /// Runs a statement; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await scope.execute(sql)
    }

    /// Runs a statement; see `PostgresDatabase.execute(_:idempotent:)`.
    @discardableResult
    public func execute(_ sql: SQL, idempotent: Bool) async throws -> Int {
        try await scope.execute(sql, idempotent: idempotent)
    }

    /// Runs statements in one round trip and one transaction; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await scope.pipeline(statements)
    }

    /// Runs `body` in a transaction, again when the server asks for it; see `PostgresDatabase.transaction`.
    @discardableResult
    public func transaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        _ body: @Sendable (PortalTransaction) async throws -> R
    ) async throws -> R {
        try await scope.transaction(isolation: isolation, readOnly: readOnly) { transaction in
            try await body(PortalTransaction(transaction: transaction))
        }
    }

    /// Hands rows on one by one while they arrive, for answers of any size; see `PostgresDatabase.forEachRow`.
    @discardableResult
    public func forEachRow(
        _ sql: SQL,
        _ body: @Sendable (PostgresRow) async throws -> Void
    ) async throws -> Int {
        try await scope.forEachRow(sql, body)
    }
}
