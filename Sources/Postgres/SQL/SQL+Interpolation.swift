extension SQL: ExpressibleByStringInterpolation {
    /// A statement without parameters.
    public init(stringLiteral value: String) {
        self.init()
        append(literal: value)
    }

    /// A statement out of literal parts and parameters.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// Collects the parts of an interpolated literal.
    ///
    /// There is no overload that takes a bare string as text.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL()

        /// Starts empty; the sizes are only hints.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds a literal part of the source code.
        public mutating func appendLiteral(_ literal: String) {
            sql.append(literal: literal)
        }

        /// Binds a value as the next parameter; `nil` is NULL.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            sql.append(bind: value.postgresText)
        }

        /// Binds a value as the next parameter; `nil` is NULL.
        ///
        /// The same as above: without it the compiler takes an optional for a mistake and warns.
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            sql.append(bind: value?.postgresText)
        }

        /// Composes another statement in; its parameters are renumbered.
        public mutating func appendInterpolation(sql other: SQL) {
            sql.append(other)
        }

        /// Writes a quoted identifier (table, column, channel, database).
        public mutating func appendInterpolation(identifier: some SQLIdentifier) {
            sql.append(literal: identifier.quoted)
        }
    }
}
