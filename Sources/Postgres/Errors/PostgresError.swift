/// An error of the database, its connection, or the reading of its answers.
///
/// A cancelled task gets `CancellationError` instead.
public struct PostgresError: Error, Sendable {
    /// What went wrong.
    public enum Kind: String, Sendable, Hashable {
        /// The URL or another setting is wrong.
        case configuration
        /// The server cannot be reached, or the connection was lost.
        case connection
        /// The server answered with an error; see `sqlState`.
        case server
        /// A column is missing, or not of the wanted type.
        case decoding
        /// A parameter cannot be sent (a NUL character, too many parameters).
        case encoding
        /// No connection became free within `PostgresConfiguration.waitTimeout`.
        case poolTimeout
        /// More callers wait than `PostgresLimits.poolWaitersMax`.
        case poolExhausted
        /// The server did not answer in time; the connection was given up.
        case timeout
        /// The answer has more rows than `PostgresLimits.resultRowsMax`.
        case tooManyRows
        /// The database was closed, or a transaction or session was used after its end.
        case closed
    }

    /// What is known about the statement that failed.
    public enum Outcome: Sendable, Hashable {
        /// It had no effect: it was never sent, or the server rolled it back.
        case notExecuted
        /// The connection was lost while it ran; it may have been committed.
        case unknown
    }

    /// What went wrong.
    public let kind: Kind

    /// What and why, for the log; may name tables and values of the statement.
    public let message: String

    /// The server's code, when it sent one.
    public var sqlState: SQLState?

    /// The name of the violated constraint.
    public var constraint: String?

    /// The table that the server names.
    public var table: String?

    /// The column that the server names, or the one that could not be read.
    public var column: String?

    /// The server's detail, which may have values of rows in it.
    public var detail: String?

    /// The server's hint.
    public var hint: String?

    /// Where in the text the error is, in characters from 1.
    public var position: Int?

    /// The text of the statement, without its parameters.
    public var statement: String?

    /// What is known about the statement.
    public var outcome: Outcome

    /// Makes an error of this module.
    public init(_ kind: Kind, _ message: String, outcome: Outcome = .notExecuted) {
        self.kind = kind
        self.message = message
        self.outcome = outcome
    }

    /// True when the same call may succeed a little later: lost connections, a busy pool, deadlocks, serialization
    /// failures, a lock that is not free, a server that starts up or is out of resources.
    public var isTransient: Bool {
        switch kind {
        case .connection, .poolTimeout, .poolExhausted, .timeout: true
        case .configuration, .decoding, .encoding, .tooManyRows, .closed: false
        case .server:
            switch sqlState {
            case .transactionRollback, .connectionException, .insufficientResources, .lockNotAvailable,
                .adminShutdown, .crashShutdown, .cannotConnectNow:
                true
            default: false
            }
        }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Kind, code and constraint: nothing of the statement, its values or the server's address.
    public var description: String {
        var text = "PostgreSQL: \(kind.rawValue)"
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " (constraint \(constraint))" }
        if kind == .decoding, let column { text += " (column \(column))" }
        return text
    }

    /// Everything, for the log.
    public var debugDescription: String {
        var text = "\(description): \(message)"
        if let detail { text += " Detail: \(detail)" }
        if let hint { text += " Hint: \(hint)" }
        if let table { text += " Table: \(table)" }
        if let position { text += " Position: \(position)" }
        if outcome == .unknown { text += " The statement may have been executed." }
        if let statement { text += " Statement: \(statement)" }
        return text
    }
}
