/// What can run statements: the database (each on any connection), a session or a transaction.
public protocol PostgresQueryable: Sendable {
    /// Runs a statement and returns its rows.
    ///
    /// - Returns: All rows in the server's order, at most `PostgresLimits.resultRowsMax`.
    /// - Throws: `PostgresError`; `CancellationError` when the task was cancelled.
    @discardableResult
    func query(_ sql: SQL) async throws -> [PostgresRow]

    /// Runs a statement and returns the number of rows it inserted, updated, deleted or selected.
    ///
    /// - Throws: As `query(_:)`.
    @discardableResult
    func execute(_ sql: SQL) async throws -> Int

    /// Runs statements in one round trip.
    ///
    /// Outside a transaction they form one: all take effect or none does.
    ///
    /// - Parameter statements: At most `PostgresLimits.pipelineStatementsMax`.
    /// - Returns: The rows of each statement, in order; `count == statements.count`.
    /// - Throws: As `query(_:)`; the first error, after which the server skips the rest.
    @discardableResult
    func pipeline(_ statements: [SQL]) async throws -> [[PostgresRow]]
}

extension PostgresQueryable {
    /// Runs a statement of which at most the first row matters.
    ///
    /// - Returns: The first row, `nil` when there is none.
    /// - Throws: As `query(_:)`.
    public func first(_ sql: SQL) async throws -> PostgresRow? {
        try await query(sql).first
    }
}
