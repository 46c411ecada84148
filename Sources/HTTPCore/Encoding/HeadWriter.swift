/// Writes a response head into memory that was made large enough for it, so that nothing grows on the way.
struct HeadWriter {
    private let target: UnsafeMutableBufferPointer<UInt8>
    private var position = 0

    /// Most bytes of what is neither a field of the handler nor a common line: status line, framing, connection,
    /// request id and the empty line.
    static let fixedBytesMax = 192 + HTTPLimits.requestIDBytesMax

    /// Most bytes that a field takes.
    static func room(_ field: HTTPHeaders.Field) -> Int {
        field.name.utf8.count + field.value.utf8.count + 4
    }

    /// A writer into the free part of a span; valid as long as the span's closure runs.
    init(_ span: inout OutputSpan<UInt8>) {
        target = span.withUnsafeMutableBufferPointer { buffer, count in
            UnsafeMutableBufferPointer(rebasing: buffer[count...])
        }
    }

    /// Makes what was written part of the span.
    func finish(_ span: inout OutputSpan<UInt8>) {
        span.withUnsafeMutableBufferPointer { _, count in count += position }
    }

    /// Writes bytes as they are.
    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { write($0) }
    }

    /// Writes `\r\n`.
    mutating func writeLineEnd() {
        write("\r\n")
    }

    /// Writes the status line (RFC 9112 section 4).
    mutating func write(_ status: HTTPStatus) {
        guard status.code != 200 else { return write("HTTP/1.1 200 OK\r\n") }
        write("HTTP/1.1 ")
        write(decimal: Int64(status.code))
        write(" ")
        write(text: status.reasonPhrase)
        writeLineEnd()
    }

    /// Writes `Content-Length` or `Transfer-Encoding`, where there is one.
    mutating func write(_ framing: ResponseFraming) {
        switch framing {
        case .none, .untilClose:
            break
        case .length(let count):
            write("Content-Length: ")
            write(decimal: count)
            writeLineEnd()
        case .chunked:
            write("Transfer-Encoding: chunked\r\n")
        }
    }

    /// Writes `Connection`, unless nothing is to be said.
    mutating func write(_ connection: ConnectionOption) {
        switch connection {
        case .implicit: break
        case .keepAlive: write("Connection: keep-alive\r\n")
        case .close: write("Connection: close\r\n")
        }
    }

    /// Writes `X-Request-Id`.
    mutating func write(_ requestID: RequestID) {
        write("X-Request-Id: ")
        requestID.withText { write($0) }
        writeLineEnd()
    }

    /// Writes a field; nothing when its name is not a token, spaces for what must not be in a value.
    mutating func write(_ field: HTTPHeaders.Field) {
        var name = field.name
        guard name.withUTF8({ ByteSet.token.containsAll($0) && !$0.isEmpty }) else { return }
        write(text: name)
        write(": ")
        let start = position
        write(text: field.value)
        for at in start..<position where !ASCII.isFieldContent(target[at]) { target[at] = ASCII.space }
        writeLineEnd()
    }

    private mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { write($0) }
    }

    private mutating func write(text: String) {
        var text = text
        text.withUTF8 { write($0) }
    }

    private mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else { return }
        let end = position + bytes.count
        precondition(end <= target.count, "a head is larger than its bound")
        _ = UnsafeMutableBufferPointer(rebasing: target[position..<end]).initialize(fromContentsOf: bytes)
        position = end
    }

    /// Writes a number ≥ 0; a negative one, a programmer's error, as 0, so that no sign reaches the wire.
    private mutating func write(decimal number: Int64) {
        let digits = DecimalDigits(UInt64(max(0, number)))
        digits.withBytes { write($0) }
    }
}
