public import JSON

extension JSONValue: PostgresCodable {
    /// Compact JSON, for `json` and `jsonb`.
    ///
    /// `JSONValue.null` is the JSON null, not NULL.
    public var postgresText: String? { encodedString() }

    /// Reads `json` and `jsonb`.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        let parsed: Result<JSONValue, JSONError> = cell.withBytes { bytes in
            do throws(JSONError) { return .success(try JSONValue(parsing: bytes)) } catch { return .failure(error) }
        }
        do throws(JSONError) {
            self = try parsed.get()
        } catch {
            throw PostgresCellError("is not JSON: \(error)")
        }
    }
}
