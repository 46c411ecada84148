import CLibPQ

extension ServerConnection {
    /// One thing that was sent, and with it what the server has to answer, in order.
    private enum Expectation {
        case begin
        case prepare(SQL, name: String)
        case execute(SQL)
        case deallocate(name: String)
        case sync

        /// The statement that an error belongs to.
        var text: String? {
            switch self {
            case .prepare(let sql, _), .execute(let sql): sql.text
            case .begin, .deallocate, .sync: nil
            }
        }
    }

    /// Sends statements in one round trip and reads their answers.
    ///
    /// Statements are prepared on their first use. Outside a transaction block they run in one implicit transaction.
    ///
    /// - Parameters:
    ///   - sql: The statements.
    ///   - demand: The setting that they have to find; a change of it goes ahead of them in the same round trip.
    /// - Returns: One result a statement, in order.
    /// - Throws: `PostgresError` of the first statement that failed; `CancellationError`. After an error of kind
    ///   `.server`, `.encoding` or `.tooManyRows` the connection is in a known state, after any other it is broken.
    func exchange(_ sql: [SQL], demand: SettingDemand) async throws -> [PostgresResult] {
        try await inTurn { handle in
            let isInTransaction = isInTransaction || pendingBegin != nil
            do {
                return try await exchangeOnce(sql, demand, handle)
            } catch let error as PostgresError where isStalePlan(error) {
                // The table changed under a prepared statement, which has to be prepared anew. Outside a transaction
                // nothing was executed and it can be sent again here; a transaction has failed as a whole.
                for statement in sql { statements.forget(statement.text) }
                if isInTransaction { throw error }
                return try await exchangeOnce(sql, demand, handle)
            }
        }
    }

    /// Whether preparing the statement anew could help: "cached plan must not change result type", or a pooler between
    /// us and the server that lost the statement.
    func isStalePlan(_ error: PostgresError) -> Bool {
        error.kind == .server && (error.sqlState == .featureNotSupported || error.sqlState == .invalidStatementName)
    }

    private func exchangeOnce(
        _ sql: [SQL],
        _ demand: SettingDemand,
        _ handle: OpaquePointer
    ) async throws -> [PostgresResult] {
        for statement in sql { try statement.checkBinds(settings.configuration.limits) }
        guard let change = setting.change(to: demand) else { return try await exchangeOnce(sql, handle) }
        let isInTransaction = isInTransaction || pendingBegin != nil
        do {
            let results = try await exchangeOnce([change] + sql, handle)
            setting.changed(to: demand, inTransaction: isInTransaction)
            return Array(results.dropFirst())
        } catch {
            setting.lost(demand)
            throw error
        }
    }

    private func exchangeOnce(_ sql: [SQL], _ handle: OpaquePointer) async throws -> [PostgresResult] {
        let begin = pendingBegin
        pendingBegin = nil
        let expectations = try send(begin: begin, sql, handle)
        try await flush(handle)
        return try await receive(expectations, handle)
    }

    /// Hands the statements to libpq, which buffers them.
    private func send(begin: SQL?, _ sql: [SQL], _ handle: OpaquePointer) throws -> [Expectation] {
        var expectations: [Expectation] = []
        var preparations: [String: String] = [:]
        // What comes back in this exchange must not be deallocated by it.
        for statement in sql where statements.use(statement.text) == nil && preparations[statement.text] == nil {
            let name = StatementCache.name(for: statement.text)
            if !statements.revive(statement.text, name: name) { preparations[statement.text] = name }
        }
        if !statements.evicted.isEmpty {
            for name in statements.evicted {
                try check(PQsendQueryParams(handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0), handle)
                expectations.append(.deallocate(name: name))
            }
            // With a sync of its own, so that BEGIN is still the first statement of its transaction.
            try sync(&expectations, handle)
        }
        if let begin {
            try check(PQsendQueryParams(handle, begin.text, 0, nil, nil, nil, nil, 0), handle)
            expectations.append(.begin)
        }
        for statement in sql {
            if let name = preparations.removeValue(forKey: statement.text) {
                try check(PQsendPrepare(handle, name, statement.text, 0, nil), handle)
                expectations.append(.prepare(statement, name: name))
            }
            let name = statements.use(statement.text)?.name ?? StatementCache.name(for: statement.text)
            let isSent = statement.withBindPointers { count, values in
                PQsendQueryPrepared(handle, name, count, values, nil, nil, 0)
            }
            try check(isSent, handle)
            expectations.append(.execute(statement))
        }
        try sync(&expectations, handle)
        return expectations
    }

    private func sync(_ expectations: inout [Expectation], _ handle: OpaquePointer) throws {
        try check(PQpipelineSync(handle), handle)
        expectations.append(.sync)
    }

    /// libpq refuses to buffer only when the connection is gone or memory is out, and before anything was executed:
    /// a statement takes effect with the sync that follows it.
    private func check(_ isSent: Int32, _ handle: OpaquePointer) throws {
        guard isSent == 1 else { throw lost(handle, outcome: .notExecuted) }
    }

    /// Reads all answers, up to the last sync, and only then reports the first error.
    private func receive(_ expectations: [Expectation], _ handle: OpaquePointer) async throws -> [PostgresResult] {
        var results: [PostgresResult] = []
        var failure: PostgresError?
        for expectation in expectations {
            guard let pointer = try await nextResult(handle, silenceMax: silenceMax) else {
                throw failure ?? lost(handle)
            }
            switch (expectation, PQresultStatus(pointer)) {
            case (.sync, PGRES_PIPELINE_SYNC):
                PQclear(pointer)
                continue
            case (.execute(let sql), PGRES_TUPLES_OK), (.execute(let sql), PGRES_COMMAND_OK),
                (.execute(let sql), PGRES_EMPTY_QUERY):
                results.append(take(pointer, of: sql))
            case (.prepare(let sql, let name), PGRES_COMMAND_OK):
                statements.insert(sql.text, name: name)
                PQclear(pointer)
            case (.deallocate(let name), PGRES_COMMAND_OK):
                statements.confirmDeallocation(of: name)
                PQclear(pointer)
            case (.begin, PGRES_COMMAND_OK), (_, PGRES_PIPELINE_ABORTED):
                PQclear(pointer)
            case (_, PGRES_FATAL_ERROR):
                defer { PQclear(pointer) }
                let error = PostgresError(result: pointer, statement: expectation.text)
                if error.kind == .connection || PQstatus(handle) == CONNECTION_BAD {
                    _ = lost(handle)
                    throw failure ?? error
                }
                if case .deallocate = expectation { break }
                failure = failure ?? error
            default:
                let status = PQresStatus(PQresultStatus(pointer)).map { String(cString: $0) } ?? ""
                PQclear(pointer)
                isBroken = true
                throw PostgresError(.connection, "unexpected answer \(status)", outcome: .unknown)
            }
            try await endOfStatement(handle)
        }
        // Lets libpq see that the pipeline is empty, which makes the transaction status readable.
        if let extra = PQgetResult(handle) { PQclear(extra) }
        if let failure { throw failure }
        return try bounded(results)
    }

    private func take(_ pointer: OpaquePointer, of sql: SQL) -> PostgresResult {
        let known = statements.use(sql.text)?.columns
        let result = PostgresResult(pointer, columns: known)
        if known == nil { statements.setColumns(result.columns, of: sql.text) }
        return result
    }

    /// Reads the `NULL` after the result of one statement.
    private func endOfStatement(_ handle: OpaquePointer) async throws {
        guard let extra = try await nextResult(handle, silenceMax: silenceMax) else { return }
        // COPY is the only kind of statement that goes on after its first result, and it cannot be piped.
        PQclear(extra)
        isBroken = true
        throw PostgresError(.connection, "a statement had a second answer", outcome: .unknown)
    }

    private func bounded(_ results: [PostgresResult]) throws -> [PostgresResult] {
        let rowsMax = settings.configuration.limits.resultRowsMax
        if let result = results.first(where: { $0.rowCount > rowsMax }) {
            let message = "the answer has \(result.rowCount) rows, more than \(rowsMax); add a LIMIT or stream it"
            throw PostgresError(.tooManyRows, message, outcome: .unknown)
        }
        return results
    }

    /// How long the server may be silent: it gives up before that by itself.
    var silenceMax: Duration? {
        let configuration = settings.configuration
        guard configuration.statementTimeout > .zero else { return nil }
        return configuration.statementTimeout + configuration.limits.answerGrace
    }
}
