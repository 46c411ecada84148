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
        /// Value of `Date`, IMF-fixdate as bytes.
        public var date: [UInt8]
        /// Value of `Server`; empty for none.
        public var server: [UInt8]
        /// Value of `X-Request-Id`; `nil` leaves it out.
        public var requestID: RequestID?

        /// Options for one head.
        public init(
            framing: ResponseFraming,
            connection: ConnectionOption,
            date: [UInt8],
            server: [UInt8],
            requestID: RequestID? = nil
        ) {
            self.framing = framing
            self.connection = connection
            self.date = date
            self.server = server
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
        appendStatusLine(status, to: &buffer)
        append("Date: ", options.date, to: &buffer)
        if !options.server.isEmpty { append("Server: ", options.server, to: &buffer) }
        switch options.framing {
        case .none, .untilClose:
            break
        case .length(let count):
            append("Content-Length: ", to: &buffer)
            appendDecimal(count, to: &buffer)
            appendLineEnd(to: &buffer)
        case .chunked:
            append("Transfer-Encoding: chunked\r\n", to: &buffer)
        }
        switch options.connection {
        case .implicit: break
        case .keepAlive: append("Connection: keep-alive\r\n", to: &buffer)
        case .close: append("Connection: close\r\n", to: &buffer)
        }
        if let requestID = options.requestID {
            append("X-Request-Id: ", to: &buffer)
            requestID.append(to: &buffer)
            appendLineEnd(to: &buffer)
        }
        for field in headers where !isReserved(field.name) { appendField(field, to: &buffer) }
        appendLineEnd(to: &buffer)
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

    /// Appends the last chunk and an empty trailer section.
    public static func appendLastChunk(to buffer: inout [UInt8]) {
        buffer.append(contentsOf: "0\r\n\r\n".utf8)
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

    private static func appendStatusLine(_ status: HTTPStatus, to buffer: inout [UInt8]) {
        if status.code == 200 {
            append("HTTP/1.1 200 OK\r\n", to: &buffer)
        } else {
            append("HTTP/1.1 ", to: &buffer)
            appendDecimal(Int64(status.code), to: &buffer)
            buffer.append(ASCII.space)
            buffer.append(contentsOf: status.reasonPhrase.utf8)
            appendLineEnd(to: &buffer)
        }
    }

    private static func append(_ text: StaticString, to buffer: inout [UInt8]) {
        text.withUTF8Buffer { buffer.append(contentsOf: $0) }
    }

    private static func append(_ name: StaticString, _ value: [UInt8], to buffer: inout [UInt8]) {
        append(name, to: &buffer)
        buffer.append(contentsOf: value)
        appendLineEnd(to: &buffer)
    }

    private static func appendField(_ field: HTTPHeaders.Field, to buffer: inout [UInt8]) {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(ByteSet.token.contains) else { return }
        buffer.append(contentsOf: field.name.utf8)
        append(": ", to: &buffer)
        let start = buffer.count
        buffer.append(contentsOf: field.value.utf8)
        clean(&buffer, from: start)
        appendLineEnd(to: &buffer)
    }

    /// Turns what must not be in a field value into spaces.
    private static func clean(_ buffer: inout [UInt8], from start: Int) {
        var position = start
        while position < buffer.count {
            if !ASCII.isFieldContent(buffer[position]) { buffer[position] = ASCII.space }
            position += 1
        }
    }

    private static func appendDecimal(_ number: Int64, to buffer: inout [UInt8]) {
        guard number >= 10 else {
            // A negative length is a programmer's error that must not reach the wire as a sign.
            buffer.append(ASCII.zero + UInt8(max(0, number)))
            return
        }
        let start = buffer.count
        var rest = number
        while rest > 0 {
            buffer.append(ASCII.zero + UInt8(rest % 10))
            rest /= 10
        }
        buffer[start...].reverse()
    }

    private static func appendLineEnd(to buffer: inout [UInt8]) {
        append("\r\n", to: &buffer)
    }
}
