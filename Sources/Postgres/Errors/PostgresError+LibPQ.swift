import CLibPQ

extension PostgresError {
    /// Reads a result of status `PGRES_FATAL_ERROR`; does not free it.
    ///
    /// Source: PostgreSQL documentation, "PQresultErrorField".
    ///
    /// - Parameters:
    ///   - result: The error of the server, or one that libpq made up for a lost connection.
    ///   - statement: The text that failed.
    init(result: OpaquePointer, statement: String?) {
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        let state = field("C").map(SQLState.init(rawValue:))
        let severity = field("V") ?? field("S") ?? ""
        // A session that the server itself ends (restart, terminated backend) says so with FATAL in place of the
        // answer; its transaction is rolled back. Without a code it is libpq's report of a lost connection.
        let isSessionEnd = severity == "FATAL" || severity == "PANIC"
        self.init(
            isSessionEnd || state == nil ? .connection : .server,
            (field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "").trimmedOfNewlines,
            outcome: state == nil ? .unknown : .notExecuted
        )
        sqlState = state
        constraint = field("n")
        table = field("t")
        column = field("c")
        detail = field("D")
        hint = field("H")
        position = field("P").flatMap { Int($0) }
        self.statement = statement
    }

    /// The state of a connection that failed.
    init(lost connection: OpaquePointer?, outcome: Outcome) {
        let message = connection.flatMap { PQerrorMessage($0) }.map { String(cString: $0).trimmedOfNewlines } ?? ""
        self.init(.connection, message.isEmpty ? "the connection was lost" : message, outcome: outcome)
    }
}

extension String {
    /// Without white space and newlines at the end, which libpq's messages have.
    var trimmedOfNewlines: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
