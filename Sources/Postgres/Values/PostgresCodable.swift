/// A value that can be bound to a parameter.
///
/// An enum over `String` or `Int` conforms in one line: `extension Phase: PostgresCodable {}`.
public protocol PostgresEncodable: Sendable {
    /// The value in PostgreSQL's text format; `nil` is NULL.
    var postgresText: String? { get }
}

/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
    /// What NULL is read as; `nil` (the default) makes NULL an error.
    static var postgresNull: Self? { get }

    /// Reads a value that is not NULL.
    ///
    /// - Throws: `PostgresCellError` when the text is not a value of this type.
    init(postgres cell: PostgresCell) throws(PostgresCellError)
}

/// A value that goes both ways.
public typealias PostgresCodable = PostgresEncodable & PostgresDecodable

extension PostgresDecodable {
    /// NULL is an error.
    public static var postgresNull: Self? { nil }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The wrapped value's text, or NULL.
    public var postgresText: String? { self?.postgresText }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// NULL is `nil`.
    public static var postgresNull: Wrapped?? { .some(nil) }

    /// Reads the wrapped value.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        self = try Wrapped(postgres: cell)
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The raw value's text.
    public var postgresText: String? { rawValue.postgresText }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; one that is no case is an error.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        let raw = try RawValue(postgres: cell)
        guard let value = Self(rawValue: raw) else { throw PostgresCellError("is no \(Self.self)") }
        self = value
    }
}
