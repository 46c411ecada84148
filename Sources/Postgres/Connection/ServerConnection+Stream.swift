import CLibPQ

extension ServerConnection {
    /// Runs one statement and hands its rows on while they arrive; the answer is never in memory as a whole.
    ///
    /// Source: PostgreSQL documentation, "Retrieving Query Results Row-by-Row".
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - demand: The setting that it has to find.
    ///   - body: Gets each row; must not use this connection. When it throws, the statement is cancelled and the
    ///     connection is broken: the rest of the answer is not read.
    /// - Returns: Number of rows.
    /// - Throws: `PostgresError`; what `body` throws; `CancellationError`.
    func stream(
        _ sql: SQL,
        demand: SettingDemand,
        _ body: (PostgresRow) async throws -> Void
    ) async throws -> Int {
        try await inTurn { handle in
            try sql.checkBinds(settings.configuration.limits)
            let isInTransaction = isInTransaction || pendingBegin != nil
            let change = setting.change(to: demand)
            let ahead = [pendingBegin, change].compactMap(\.self)
            pendingBegin = nil
            // Unless all goes well.
            if change != nil { setting.lost(demand) }
            for statement in ahead + [sql] { try buffer(statement, handle) }
            guard PQpipelineSync(handle) == 1 else { throw lost(handle, outcome: .notExecuted) }
            try await flush(handle)
            var failure: PostgresError?
            for _ in ahead {
                let answer = try await rows(handle, of: nil) { _ in }
                failure = failure ?? answer.failure
            }
            guard PQsetSingleRowMode(handle) == 1 || failure != nil else { throw lost(handle) }
            let answer = try await rows(handle, of: sql.text, body)
            failure = failure ?? answer.failure
            if let sync = try await nextResult(handle, silenceMax: silenceMax) { PQclear(sync) }
            if let extra = PQgetResult(handle) { PQclear(extra) }
            if let failure { throw failure }
            if change != nil { setting.changed(to: demand, inTransaction: isInTransaction) }
            return answer.count
        }
    }

    /// Hands an unnamed statement to libpq: what is streamed is seldom and long, and not worth a place in the cache.
    private func buffer(_ sql: SQL, _ handle: OpaquePointer) throws {
        let isSent = sql.withBindPointers { count, values in
            PQsendQueryParams(handle, sql.text, count, nil, values, nil, nil, 0)
        }
        guard isSent == 1 else { throw lost(handle, outcome: .notExecuted) }
    }

    /// Reads the results of one statement up to the `NULL` that ends them.
    private func rows(
        _ handle: OpaquePointer,
        of text: String?,
        _ body: (PostgresRow) async throws -> Void
    ) async throws -> (count: Int, failure: PostgresError?) {
        var count = 0
        var failure: PostgresError?
        var columns: PostgresColumns?
        while let pointer = try await nextResult(handle, silenceMax: silenceMax) {
            switch PQresultStatus(pointer) {
            case PGRES_SINGLE_TUPLE:
                let result = PostgresResult(pointer, columns: columns)
                columns = result.columns
                count += 1
                do {
                    try await body(PostgresRow(result: result, index: 0))
                } catch {
                    abandon(handle)
                    throw error
                }
            case PGRES_FATAL_ERROR:
                defer { PQclear(pointer) }
                let error = PostgresError(result: pointer, statement: text)
                if error.kind == .connection || PQstatus(handle) == CONNECTION_BAD {
                    _ = lost(handle)
                    throw error
                }
                failure = failure ?? error
            default: PQclear(pointer)
            }
        }
        return (count, failure)
    }
}

extension PostgresDatabase {
    /// Runs a statement and hands its rows on one by one while they arrive, for answers of any size.
    ///
    /// The server waits while `body` does, and its statement timeout goes on. Nothing is sent again.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - body: Gets the rows in the server's order, on the loop of the connection; throwing stops the statement.
    /// - Returns: Number of rows.
    /// - Throws: As `query(_:)`, and what `body` throws.
    @discardableResult
    public func forEachRow(
        _ sql: SQL,
        _ body: @Sendable (PostgresRow) async throws -> Void
    ) async throws -> Int {
        try await pool.withConnection { try await $0.stream(sql, demand: .initial, body) }
    }
}

extension PostgresTransaction {
    /// Runs a statement and hands its rows on one by one while they arrive; see `PostgresDatabase.forEachRow`.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - body: Gets the rows; must not use the transaction, whose connection is busy with this statement.
    /// - Returns: Number of rows.
    /// - Throws: As `query(_:)`, and what `body` throws, after which the transaction cannot go on.
    @discardableResult
    public func forEachRow(
        _ sql: SQL,
        _ body: @Sendable (PostgresRow) async throws -> Void
    ) async throws -> Int {
        try await lease.use { try await $0.stream(sql, demand: demand, body) }
    }
}
