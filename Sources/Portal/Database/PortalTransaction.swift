public import Postgres

/// A transaction in somebody's name; see `ScopedDatabase`.
public struct PortalTransaction: PostgresQueryable {
    let transaction: PostgresTransaction

    /// This same transaction with everything in sight, for a reason that is not a caller's.
    ///
    /// Only what is run through the returned value sees more. It costs no round trip of its own.
    public func elevated(for reason: ElevationReason) -> PortalTransaction {
        PortalTransaction(transaction: transaction.with(TenantSetting.everything))
    }

    /// This same transaction as somebody else sees it, for what is done for them in their name.
    ///
    /// Only what is run through the returned value sees so much.
    func `as`(_ caller: Caller) -> PortalTransaction {
        PortalTransaction(transaction: transaction.with(TenantSetting.value(of: caller)))
    }

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await transaction.query(sql)
    }

    /// Runs a statement in the transaction; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await transaction.execute(sql)
    }

    /// Runs statements in one round trip; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await transaction.pipeline(statements)
    }

    /// Runs `body` so that what it did can be undone alone; see `PostgresTransaction.savepoint`.
    public func savepoint<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await transaction.savepoint(body)
    }
}
