import CLibPQ

/// One answer of the server, in libpq's memory.
///
/// The rows point into it and keep it alive; the last of them frees it (`PQclear`).
final class PostgresResult: @unchecked Sendable {
    // `@unchecked Sendable`: a PGresult is read-only once libpq has handed it out and may be read by any thread
    // (PostgreSQL documentation, "Behavior in Threaded Programs").
    private let pointer: OpaquePointer

    /// Names of the columns.
    let columns: PostgresColumns

    /// Number of rows.
    let rowCount: Int

    /// Takes the ownership of a result.
    init(_ pointer: OpaquePointer, columns: PostgresColumns?) {
        self.pointer = pointer
        // The names of a prepared statement never change, so that they are read once and shared.
        if let columns, columns.names.count == PQnfields(pointer) {
            self.columns = columns
        } else {
            self.columns = PostgresColumns(pointer)
        }
        rowCount = Int(PQntuples(pointer))
    }

    deinit {
        PQclear(pointer)
    }

    /// The rows in order.
    var rows: [PostgresRow] {
        (0..<rowCount).map { PostgresRow(result: self, index: Int32($0)) }
    }

    /// Rows inserted, updated, deleted or selected; 0 for other statements.
    var rowsAffected: Int {
        guard let text = PQcmdTuples(pointer) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// The command tag, as in `INSERT 0 1`.
    var commandTag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    /// True for NULL.
    func isNull(row: Int32, column: Int32) -> Bool {
        PQgetisnull(pointer, row, column) == 1
    }

    /// Calls `body` with the text of a value; the bytes are valid only inside of it.
    func withBytes<R, E: Error>(
        row: Int32,
        column: Int32,
        _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let count = Int(PQgetlength(pointer, row, column))
        let start = PQgetvalue(pointer, row, column)
        let bytes = UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self)
        return try body(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    }
}

/// The names of an answer's columns.
struct PostgresColumns: Sendable {
    /// In order; a name may be there twice.
    let names: [String]

    private let indexes: [String: Int32]

    /// Reads the names of a result.
    init(_ result: OpaquePointer) {
        names = (0..<PQnfields(result)).map { column in PQfname(result, column).map { String(cString: $0) } ?? "" }
        indexes = Dictionary(zip(names, Int32(0)...), uniquingKeysWith: { first, _ in first })
    }

    /// The position of the first column of that name.
    func index(of name: String) -> Int32? {
        indexes[name]
    }
}
