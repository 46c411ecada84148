import HTTPCore

/// One event of an event stream (HTML Standard, section 9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// What the client sends as `Last-Event-ID` after a reconnect; line ends and NUL are dropped.
    public var id: String?
    /// Type of the event; `nil` is `message`.
    public var event: String?
    /// Payload; may have several lines.
    public var data: String
    /// How long the client waits before it reconnects.
    public var retry: Duration?

    /// An event of its parts.
    public init(id: String? = nil, event: String? = nil, data: String, retry: Duration? = nil) {
        self.id = id
        self.event = event
        self.data = data
        self.retry = retry
    }

    /// A comment, which clients ignore: keeps proxies from closing a quiet connection.
    public static let heartbeat: [UInt8] = Array(":\n\n".utf8)

    /// A block with nothing but an id: the client remembers the position, and no event happens.
    ///
    /// - Parameter id: The position; line ends and NUL are dropped.
    /// - Returns: The block as it goes over the wire.
    public static func position(_ id: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append("id: ", id.unicodeScalars.filter { $0 != "\0" }, to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    /// The event as it goes over the wire, with the empty line that ends it.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        if let id { Self.append("id: ", id.unicodeScalars.filter { $0 != "\0" }, to: &bytes) }
        if let event { Self.append("event: ", event.unicodeScalars, to: &bytes) }
        if let retry {
            let milliseconds = retry.components.seconds * 1000 + retry.components.attoseconds / 1_000_000_000_000_000
            bytes += Array("retry: \(max(0, milliseconds))\n".utf8)
        }
        // CR LF, CR and LF all end a line for the client: each line of the payload gets its own field.
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in data.unicodeScalars {
            if scalar == "\n" && previous == "\r" {
                previous = scalar
                continue
            }
            if scalar == "\n" || scalar == "\r" {
                Self.append("data: ", line, to: &bytes)
                line.removeAll()
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        Self.append("data: ", line, to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    private static func append(_ name: String, _ value: some Sequence<Unicode.Scalar>, to bytes: inout [UInt8]) {
        bytes += Array(name.utf8)
        var text = String.UnicodeScalarView()
        for scalar in value where scalar != "\n" && scalar != "\r" { text.append(scalar) }
        bytes += Array(String(text).utf8)
        bytes.append(0x0A)
    }
}

/// The content of an event stream: a closure that writes events, with heart-beats in its pauses.
///
/// The closure's task is cancelled when the client goes away and when the server stops; then it should return soon.
public struct EventStream: Sendable {
    /// Longest silence before a heart-beat is sent; also how soon a vanished client is noticed that did not say so.
    public var heartbeat: Duration
    /// Writes the events.
    public var body: @Sendable (EventWriter) async throws -> Void

    /// A stream of a closure.
    public init(heartbeat: Duration = .seconds(15), _ body: @escaping @Sendable (EventWriter) async throws -> Void) {
        self.heartbeat = heartbeat
        self.body = body
    }
}

/// Writes events; given to the closure of an ``EventStream``.
public struct EventWriter: Sendable {
    private let writer: HTTPBodyWriter

    /// A writer of events on a writer of bytes.
    public init(_ writer: HTTPBodyWriter) {
        self.writer = writer
    }

    /// Sends an event and returns when the connection has taken it.
    ///
    /// - Parameter event: The event.
    /// - Throws: ``HTTPWriteError``; `CancellationError`.
    public func send(_ event: ServerSentEvent) async throws {
        try await writer.write(event.encoded())
    }

    /// Gives the client a position to come back to, without an event.
    ///
    /// - Parameter position: What it sends as `Last-Event-ID`.
    /// - Throws: ``HTTPWriteError``; `CancellationError`.
    public func send(position: String) async throws {
        try await writer.write(ServerSentEvent.position(position))
    }
}

extension HTTPResponse {
    /// An event stream.
    ///
    /// - Parameters:
    ///   - heartbeat: Longest silence.
    ///   - body: Writes the events; see ``EventStream``.
    /// - Returns: The response, with the fields that keep caches and proxies from holding events back.
    public static func events(
        heartbeat: Duration = .seconds(15),
        _ body: @escaping @Sendable (EventWriter) async throws -> Void
    ) -> HTTPResponse {
        HTTPResponse(
            headers: [
                "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
            ],
            body: .events(EventStream(heartbeat: heartbeat, body))
        )
    }
}
