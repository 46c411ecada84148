/// A row of an answer.
///
/// Columns are read by name.
///
/// A row keeps the whole answer in memory; decode what is needed and let it go.
public struct PostgresRow: Sendable {
    private let result: PostgresResult
    private let index: Int32

    /// Row `index` of a result, from 0.
    init(result: PostgresResult, index: Int32) {
        self.result = result
        self.index = index
    }

    /// The names of the columns in order.
    public var columnNames: [String] { result.columns.names }

    /// Reads a column: `try row.decode("name")`, `try row.decode("deleted_at", as: Date?.self)`.
    ///
    /// - Parameters:
    ///   - column: The name as the server sends it (lower case unless quoted in the statement).
    ///   - type: The wanted type; an optional one takes NULL.
    /// - Returns: The value.
    /// - Throws: `PostgresError` `.decoding` that names the column, never its value.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let position = result.columns.index(of: column) else {
            let names = result.columns.names.joined(separator: ", ")
            throw .decoding(column, "is not in the answer, which has: \(names)")
        }
        if result.isNull(row: index, column: position) {
            guard let null = T.postgresNull else { throw .decoding(column, "is NULL, wanted \(T.self)") }
            return null
        }
        do throws(PostgresCellError) {
            return try T(postgres: PostgresCell(result: result, row: index, column: position))
        } catch {
            throw .decoding(column, error.description)
        }
    }
}

extension PostgresError {
    /// A column that cannot be read.
    fileprivate static func decoding(_ column: String, _ problem: String) -> PostgresError {
        var error = PostgresError(.decoding, "column \(column) \(problem)", outcome: .unknown)
        error.column = column
        return error
    }
}
