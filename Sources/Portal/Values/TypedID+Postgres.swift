import FoundationEssentials
public import JSON
public import Postgres

extension TypedID: PostgresCodable, PostgresArrayElement {
    /// The lower-case text, as for `uuid` columns.
    public var postgresText: String? { description }

    /// Reads a `uuid`.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        self.init(try UUID(postgres: cell))
    }
}

extension TypedID: JSONRepresentable {
    /// The lower-case text as a JSON string.
    public var json: JSONValue { .string(description) }
}
