/// A five-character error code of the server.
///
/// `~=` matches the code itself or, for a pattern that ends in `000`, its whole class, so that
/// `case .integrityConstraintViolation` catches 23505 as well as 23503.
///
/// Source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// Five digits or upper-case letters; the first two are the class.
    public let rawValue: String

    /// Takes any text; the server decides what is a code.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The code.
    public var description: String { rawValue }

    /// The first two characters.
    public var classCode: Substring { rawValue.prefix(2) }

    /// True for the same code, and for every code of the class when the pattern is the class's own code.
    public static func ~= (pattern: SQLState, value: SQLState) -> Bool {
        pattern == value || (pattern.rawValue.hasSuffix("000") && pattern.classCode == value.classCode)
    }

    /// Makes an optional code matchable; none matches nothing.
    public static func ~= (pattern: SQLState, value: SQLState?) -> Bool {
        guard let value else { return false }
        return pattern ~= value
    }
}

extension SQLState {
    /// Class 08.
    public static let connectionException = SQLState(rawValue: "08000")
    /// Class 22: data exception.
    public static let dataException = SQLState(rawValue: "22000")
    /// 22P02: the text is no value of the type.
    public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// Class 23.
    public static let integrityConstraintViolation = SQLState(rawValue: "23000")
    /// 23502.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// 23503.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// 23505.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// 23514.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// 23P01.
    public static let exclusionViolation = SQLState(rawValue: "23P01")
    /// 25006: a write in a read-only transaction.
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// 25P02: a statement in a transaction that has failed already.
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    /// 26000: no such prepared statement.
    public static let invalidStatementName = SQLState(rawValue: "26000")
    /// Class 40: the server rolled the transaction back.
    public static let transactionRollback = SQLState(rawValue: "40000")
    /// 40001.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// 40P01.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// Class 42: syntax error or access rule violation.
    public static let syntaxErrorOrAccessRuleViolation = SQLState(rawValue: "42000")
    /// 42601.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// 42501.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// 42P01.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// 42703.
    public static let undefinedColumn = SQLState(rawValue: "42703")
    /// 42P04.
    public static let duplicateDatabase = SQLState(rawValue: "42P04")
    /// 3D000: no such database.
    public static let invalidCatalogName = SQLState(rawValue: "3D000")
    /// Class 53: out of memory, disk or connections.
    public static let insufficientResources = SQLState(rawValue: "53000")
    /// 53300.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// 55006: the database is in use.
    public static let objectInUse = SQLState(rawValue: "55006")
    /// 55P03: a lock was not free, or not in time.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// 57014: cancelled by a request or by the statement timeout.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// 57P01: the server is stopped or the session was terminated.
    public static let adminShutdown = SQLState(rawValue: "57P01")
    /// 57P02: another server process crashed.
    public static let crashShutdown = SQLState(rawValue: "57P02")
    /// 57P03: the server starts up or stops.
    public static let cannotConnectNow = SQLState(rawValue: "57P03")
    /// 0A000: among others "cached plan must not change result type".
    public static let featureNotSupported = SQLState(rawValue: "0A000")
}
