/// A database whose statements all find one setting in force; see `PostgresSetting`.
public struct PostgresScope: PostgresQueryable {
    let database: PostgresDatabase
    /// What the statements find.
    public let setting: PostgresSetting

    /// Runs a statement on any connection; see `PostgresQueryable`.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await query(sql, idempotent: false)
    }

    /// Runs a statement on any connection; see `PostgresDatabase.query(_:idempotent:)`.
    @discardableResult
    public func query(_ sql: SQL, idempotent: Bool) async throws -> [PostgresRow] {
        try await database.exchange([sql], idempotent: idempotent, demand: .value(setting)).first?.rows ?? []
    }

    /// Runs a statement on any connection; see `PostgresQueryable`.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await execute(sql, idempotent: false)
    }

    /// Runs a statement on any connection; see `PostgresDatabase.execute(_:idempotent:)`.
    @discardableResult
    public func execute(_ sql: SQL, idempotent: Bool) async throws -> Int {
        try await database.exchange([sql], idempotent: idempotent, demand: .value(setting)).first?.rowsAffected ?? 0
    }

    /// Runs statements in one round trip and one transaction; see `PostgresQueryable`.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]] {
        try await database.exchange(statements, idempotent: false, demand: .value(setting)).map(\.rows)
    }

    /// Runs `body` in a transaction; see `PostgresDatabase.transaction`.
    @discardableResult
    public func transaction<R: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        readOnly: Bool = false,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        try await database.transaction(isolation: isolation, readOnly: readOnly, demand: .value(setting), body)
    }

    /// Hands rows on one by one while they arrive; see `PostgresDatabase.forEachRow`.
    @discardableResult
    public func forEachRow(
        _ sql: SQL,
        _ body: @Sendable (PostgresRow) async throws -> Void
    ) async throws -> Int {
        try await database.pool.withConnection { try await $0.stream(sql, demand: .value(setting), body) }
    }
}

extension PostgresDatabase {
    /// This database, with a setting that every statement finds in force.
    public func with(_ setting: PostgresSetting) -> PostgresScope {
        PostgresScope(database: self, setting: setting)
    }
}

extension PostgresTransaction {
    /// This same transaction, with another setting for the statements that are run through the returned value.
    ///
    /// Those that are run through this one find theirs again.
    public func with(_ setting: PostgresSetting) -> PostgresTransaction {
        PostgresTransaction(lease: lease, demand: .value(setting))
    }
}
