/// One value of a row that is not NULL, in PostgreSQL's text format.
public struct PostgresCell: Sendable {
    /// Where the bytes are: still in libpq's memory, or copied out of an array.
    private enum Storage: Sendable {
        case result(PostgresResult, row: Int32, column: Int32)
        case text(String)
    }

    private let storage: Storage

    /// A cell that points into a result and keeps it alive.
    init(result: PostgresResult, row: Int32, column: Int32) {
        storage = .result(result, row: row, column: column)
    }

    /// A cell of its own, as for an element of an array.
    public init(text: String) {
        storage = .text(text)
    }

    /// The text of the value.
    ///
    /// The connection's encoding is UTF-8, so only a damaged `SQL_ASCII` database yields replacement characters.
    public var text: String {
        switch storage {
        case .result(let result, let row, let column):
            result.withBytes(row: row, column: column) { String(decoding: $0, as: UTF8.self) }
        case .text(let text): text
        }
    }

    /// Calls `body` with the bytes of the text, without a copy; they are valid only inside of it.
    public func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        switch storage {
        case .result(let result, let row, let column):
            return try result.withBytes(row: row, column: column, body)
        case .text(let text):
            let bytes = Array(text.utf8)
            // Typed throws are not forwarded by `withUnsafeBufferPointer` of every standard library in use.
            var outcome: Result<R, E>?
            bytes.withUnsafeBufferPointer { buffer in
                do throws(E) { outcome = .success(try body(buffer)) } catch { outcome = .failure(error) }
            }
            guard let outcome else { preconditionFailure("the body always runs") }
            return try outcome.get()
        }
    }
}

/// Why a cell is not a value of the wanted type; the row adds the column's name to it.
public struct PostgresCellError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rest of a sentence that starts with the column, as in "is not an integer"; never has the value in it.
    public let description: String

    /// Makes an error out of the rest of the sentence.
    public init(_ description: String) {
        self.description = description
    }
}
