public import Foundation

extension Bool: PostgresCodable {
    /// `true` or `false`.
    public var postgresText: String? { self ? "true" : "false" }

    /// Reads `t` or `f`, the server's only forms.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        switch cell.text {
        case "t", "true": self = true
        case "f", "false": self = false
        default: throw PostgresCellError("is not a boolean")
        }
    }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    /// Reads a decimal integer; one that does not fit is an error, never cut.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        guard let value = Self(cell.text) else { throw PostgresCellError("is not an integer of \(Self.bitWidth) bits") }
        self = value
    }
}

extension PostgresEncodable where Self: FixedWidthInteger {
    /// The decimal digits.
    public var postgresText: String? { String(self) }
}

extension Int: PostgresCodable {}
extension Int16: PostgresCodable {}
extension Int32: PostgresCodable {}
extension Int64: PostgresCodable {}

extension Double: PostgresCodable {
    /// The shortest text that reads back as the same number; PostgreSQL's names for what is not finite.
    public var postgresText: String? {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return String(self)
    }

    /// Reads `real`, `double precision` and (rounded) `numeric`.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        guard let value = Double(cell.text) else { throw PostgresCellError("is not a number") }
        self = value
    }
}

extension String: PostgresCodable {
    /// The string itself.
    ///
    /// A NUL in it is refused when the statement is sent.
    public var postgresText: String? { self }

    /// Reads the text of any type.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        self = cell.text
    }
}

extension UUID: PostgresCodable {
    /// The usual form in lower case.
    public var postgresText: String? { uuidString.lowercased() }

    /// Reads `uuid`.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        guard let value = UUID(uuidString: cell.text) else { throw PostgresCellError("is not a UUID") }
        self = value
    }
}
