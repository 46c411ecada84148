public import FoundationEssentials
public import JSON
import Postgres

/// The use cases on operations.
public struct OperationService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// An operation with its steps.
    ///
    /// - Throws: `PortalError` `.notFound`.
    public func get(_ id: OperationID, as caller: Caller) async throws -> Operation {
        let rows = try await database.as(caller).pipeline([OperationQueries.find(id), OperationQueries.steps(id)])
        guard let row = rows[0].first else { throw PortalError.notFound("operation") }
        let operation = try Operation(row: row, steps: try rows[1].map { try OperationStep(row: $0) })
        guard caller.has(.operationsRead, onPath: operation.tenantPath) else {
            throw PortalError.notFound("operation")
        }
        return operation
    }

    /// A page of the operations that the caller can see, newest first, without their steps.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a foreign page token, `.notFound` for an invisible tenant.
    public func list(
        _ filter: OperationFilter = OperationFilter(),
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<Operation> {
        let cursor: OperationID? = try page.position(in: "operations")
        let scope = try await TenantScope.resolve(filter.tenantID, for: caller, in: database.as(caller), limits: limits)
        let rows = try await database.as(caller).query(
            OperationListQueries.list(filter, scope: scope, after: cursor, limit: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try Operation(row: $0) }, request: page, list: "operations", position: \.id)
    }

    /// A page of an operation's log, oldest line first.
    ///
    /// - Throws: `PortalError` `.notFound`, `.invalidArgument` for a foreign page token.
    public func log(
        of id: OperationID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<OperationLogLine> {
        _ = try await get(id, as: caller)
        let cursor = try page.cursor(list: "log", count: 1)
        let after = try cursor.map { cursor in
            guard let sequence = Int(cursor.keys[0]) else { throw PageCursor.invalidToken }
            return sequence
        }
        let rows = try await database.as(caller).query(
            OperationListQueries.log(of: id, after: after ?? 0, limit: page.rowsMax)
        )
        return Page(rows: try rows.map { try OperationLogLine(row: $0) }, request: page) { line in
            PageCursor(list: "log", keys: [String(line.sequence)])
        }
    }

    /// The end of an operation's log, which is where a failure is.
    ///
    /// - Parameters:
    ///   - id: The operation.
    ///   - linesMax: Most lines.
    ///   - caller: Who asks.
    /// - Returns: The newest lines, oldest of them first, and whether there are older ones.
    /// - Throws: `PortalError` `.notFound`.
    public func logEnd(
        of id: OperationID,
        linesMax: Int,
        as caller: Caller
    ) async throws -> (lines: [OperationLogLine], isCut: Bool) {
        _ = try await get(id, as: caller)
        let rows = try await database.as(caller).query(
            OperationListQueries.lastLines(of: id, limit: linesMax + 1),
            idempotent: true
        )
        let lines = try rows.prefix(linesMax).map { try OperationLogLine(row: $0) }
        return (lines.reversed(), rows.count > linesMax)
    }

    /// Stops an operation: at once while it waits, else as soon as its worker notices.
    ///
    /// What was never begun is as if it had not been asked for: the vcluster goes back to its phase and spec, a pending
    /// creation removes it. What was begun leaves the vcluster in `ERROR` with the reason `Cancelled`, from which
    /// `retry` goes on. Asking twice changes nothing.
    ///
    /// - Returns: The operation as it is now.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` for an operation that has ended.
    @discardableResult
    public func cancel(_ id: OperationID, as caller: Caller) async throws -> Operation {
        let known = try await get(id, as: caller)
        try caller.require(
            .operationsCancel,
            onPath: known.tenantPath,
            reading: .operationsRead,
            noun: "operation"
        )
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            let lifecycle = LifecycleTransaction(transaction: transaction, caller: caller, now: now, limits: limits)
            return try await lifecycle.cancel(known)
        }
    }
}

/// One line of an operation's log.
public struct OperationLogLine: Sendable, Hashable {
    /// Its number, from 1; numbers may have gaps.
    public var sequence: Int
    /// When it was written.
    public var time: Date
    /// The step that wrote it.
    public var step: String
    /// The text, without a line break.
    public var text: String
}

extension OperationLogLine: JSONRepresentable {
    /// The schema `LogEntry` of openapi.yaml.
    public var json: JSONValue {
        ["time": JSONValue(time: time), "step": .string(step), "text": .string(text)]
    }
}

extension OperationLogLine {
    /// Reads the columns of `OperationListQueries.log`.
    init(row: PostgresRow) throws {
        self.init(
            sequence: try row.decode("sequence"),
            time: try row.decode("at"),
            step: try row.decode("step"),
            text: try row.decode("line")
        )
    }
}
