/// Writes responses as bytes (RFC 9112 section 4); has no state and does no I/O.
///
/// The fields that describe the message itself are the encoder's alone: whatever a handler puts into
/// `Connection`, `Content-Length`, `Date`, `Keep-Alive`, `Server`, `Transfer-Encoding`, `Upgrade` or `X-Request-Id` is
/// dropped, so that the framing on the wire is always the one that the connection acts on. Field values cannot end their line: control
/// characters become spaces, and a field whose name is not a token is dropped.
public enum ResponseEncoder {
    /// What goes into a head besides status and fields.
    public struct Options: Sendable, Hashable {
        /// How the content is delimited.
        public var framing: ResponseFraming
        /// What is said about the connection.
        public var connection: ConnectionOption
        /// Whole lines of fields that every response has, each with its CR LF: `Date`, perhaps `Server`.
        public var commonLines: [UInt8]
        /// Value of `X-Request-Id`; `nil` leaves it out.
        public var requestID: RequestID?

        /// Options for one head.
        public init(
            framing: ResponseFraming,
            connection: ConnectionOption,
            commonLines: [UInt8],
            requestID: RequestID? = nil
        ) {
            self.framing = framing
            self.connection = connection
            self.commonLines = commonLines
            self.requestID = requestID
        }
    }

    /// Appends a response head with the empty line that ends it.
    ///
    /// - Parameters:
    ///   - status: A final status, 200…599.
    ///   - headers: The handler's fields.
    ///   - options: The encoder's fields.
    ///   - buffer: Receives the bytes.
    public static func appendHead(
        _ status: HTTPStatus,
        _ headers: HTTPHeaders,
        _ options: Options,
        to buffer: inout [UInt8]
    ) {
        let room = HeadWriter.fixedBytesMax + options.commonLines.count + headers.reduce(0) { $0 + HeadWriter.room($1) }
        buffer.append(addingCapacity: room) { span in
            var writer = HeadWriter(&span)
            writer.write(status)
            writer.write(options.commonLines)
            writer.write(options.framing)
            writer.write(options.connection)
            if let requestID = options.requestID { writer.write(requestID) }
            for field in headers where !isReserved(field.name) { writer.write(field) }
            writer.writeLineEnd()
            writer.finish(&span)
        }
    }

    /// The lines for ``Options/commonLines``.
    ///
    /// - Parameters:
    ///   - date: The present second.
    ///   - server: Value of `Server`, visible ASCII; empty leaves the field out.
    /// - Returns: One or two lines.
    public static func commonLines(date: HTTPDate, server: String) -> [UInt8] {
        var fields: HTTPHeaders = ["Date": date.description]
        if !server.isEmpty { fields.add("Server", server) }
        var lines: [UInt8] = []
        for field in fields { appendField(field, to: &lines) }
        return lines
    }

    /// Appends the interim response that asks for the content (RFC 9110 section 15.2.1).
    public static func appendContinue(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }

    /// Appends one chunk (RFC 9112 section 7.1); nothing for empty content, which would be the last chunk.
    public static func appendChunk(_ content: some Collection<UInt8>, to buffer: inout [UInt8]) {
        guard !content.isEmpty else { return }
        buffer.append(contentsOf: String(content.count, radix: 16).utf8)
        appendLineEnd(to: &buffer)
        buffer.append(contentsOf: content)
        appendLineEnd(to: &buffer)
    }

    /// Appends the last chunk and the trailer section (RFC 9112 section 7.1.2).
    ///
    /// - Parameters:
    ///   - trailers: Fields behind the content; those that ``TrailerFields`` forbids are dropped.
    ///   - buffer: Receives the bytes.
    public static func appendLastChunk(trailers: HTTPHeaders = [:], to buffer: inout [UInt8]) {
        buffer.append(contentsOf: "0\r\n".utf8)
        for field in trailers where !isReserved(field.name) && TrailerFields.isAllowed(field.name) {
            appendField(field, to: &buffer)
        }
        appendLineEnd(to: &buffer)
    }

    /// Whether a field belongs to the encoder alone.
    static func isReserved(_ name: String) -> Bool {
        // Sorted out by length first: a handler's fields rarely get to a comparison.
        switch name.utf8.count {
        case 4: ASCII.equalsIgnoringCase(name, "Date")
        case 6: ASCII.equalsIgnoringCase(name, "Server")
        case 7: ASCII.equalsIgnoringCase(name, "Upgrade")
        case 10: ASCII.equalsIgnoringCase(name, "Connection") || ASCII.equalsIgnoringCase(name, "Keep-Alive")
        case 12: ASCII.equalsIgnoringCase(name, "X-Request-Id")
        case 14: ASCII.equalsIgnoringCase(name, "Content-Length")
        case 17: ASCII.equalsIgnoringCase(name, "Transfer-Encoding")
        default: false
        }
    }

    private static func appendField(_ field: HTTPHeaders.Field, to buffer: inout [UInt8]) {
        buffer.append(addingCapacity: HeadWriter.room(field)) { span in
            var writer = HeadWriter(&span)
            writer.write(field)
            writer.finish(&span)
        }
    }

    private static func append(_ text: StaticString, to buffer: inout [UInt8]) {
        text.withUTF8Buffer { buffer.append(contentsOf: $0) }
    }

    private static func appendLineEnd(to buffer: inout [UInt8]) {
        append("\r\n", to: &buffer)
    }
}
