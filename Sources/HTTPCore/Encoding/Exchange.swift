/// The rules of one request and its response on a connection, without I/O: how the response is framed, when the client
/// is asked to continue, whether the connection survives.
///
/// The server reports what happens in this order: content is read or not, ``startResponse(_:_:handlerCloses:)``, and
/// finally ``finish()``.
public struct Exchange: Sendable, Hashable {
    private let drainBytesMax: Int64
    private let isHead: Bool
    private let isVersion10: Bool
    private let asksToKeep: Bool
    private var mustClose: Bool
    private var expectation: Expectation
    private var content: Content
    private var hasStarted = false

    private enum Expectation: Hashable {
        case none, pending, answered
    }

    private enum Content: Hashable {
        /// `remaining` is `nil` for chunked content.
        case unread(remaining: Int64?)
        case complete
        case broken
    }

    /// How much content a handler's response has.
    public enum Size: Sendable, Hashable {
        /// Known in advance, ≥ 0.
        case bytes(Int64)
        /// Known at the end only.
        case unknown
    }

    /// What to put on the wire.
    public struct ResponsePlan: Sendable, Hashable {
        /// How the head announces the content.
        public let framing: ResponseFraming
        /// Whether content follows; false for `HEAD`, 204 and 304.
        public let sendsContent: Bool
        /// What the head says about the connection.
        public let connection: ConnectionOption

        /// No content, and the connection ends: what is left when there is no exchange to answer.
        public static let closing = ResponsePlan(framing: .none, sendsContent: false, connection: .close)
    }

    /// What comes after a response.
    public enum Next: Sendable, Hashable {
        /// Read the next request.
        case readRequest
        /// Read away the rest of the content, within the limit, then read the next request.
        case drain
        /// Close the connection.
        case close
    }

    /// The exchange of a request that has just been parsed.
    ///
    /// - Parameters:
    ///   - head: The request.
    ///   - framing: Its framing.
    ///   - isLast: Whether the server wants no further request on this connection.
    ///   - limits: For the content that may be read away.
    public init(
        _ head: borrowing HTTPRequestHead,
        _ framing: BodyFraming,
        isLast: Bool,
        limits: borrowing HTTPLimits
    ) {
        drainBytesMax = limits.drainBytesMax
        isHead = head.method == .head
        isVersion10 = head.version < .http11
        let options = head.headers.joined("Connection").map { $0.lowercased().split(separator: ",") } ?? []
        let trimmed = options.map { ASCII.trimmed($0) }
        asksToKeep = trimmed.contains("keep-alive")
        // RFC 9112 section 9.3: `close` wins; HTTP/1.0 closes unless it asks for more.
        mustClose = isLast || trimmed.contains("close") || (isVersion10 && !asksToKeep)
        switch framing {
        case .none: content = .complete
        case .length(let count): content = .unread(remaining: count)
        case .chunked: content = .unread(remaining: nil)
        }
        let isExpecting = framing != .none && !isVersion10 && head.headers.contains("Expect")
        expectation = isExpecting ? .pending : .none
    }

    /// Whether all content has been received.
    public var isContentComplete: Bool { content == .complete }

    /// The handler is about to read content.
    ///
    /// - Returns: Whether the interim 100 has to be sent now: the first time, if the client waits for it and no final
    ///   response has begun (RFC 9110 section 10.1.1).
    public mutating func willReadContent() -> Bool {
        guard expectation == .pending, !hasStarted else { return false }
        expectation = .answered
        return true
    }

    /// Content bytes arrived; a client that sends them does not wait for a 100 any more.
    public mutating func receivedContent(_ count: Int) {
        expectation = expectation == .pending ? .none : expectation
        if case .unread(let remaining?) = content { content = .unread(remaining: remaining - Int64(count)) }
    }

    /// The last content byte has been received.
    public mutating func completedContent() {
        content = .complete
    }

    /// The content cannot be read on: malformed, too large, too slow or cut off.
    public mutating func brokeContent() {
        content = .broken
        mustClose = true
    }

    /// The server wants no further request on this connection.
    public mutating func closeAfterwards() {
        mustClose = true
    }

    /// Decides how a response is sent.
    ///
    /// - Parameters:
    ///   - status: The final status.
    ///   - size: Of the handler's content.
    ///   - handlerCloses: Whether the handler asks for the connection to be closed.
    /// - Returns: The plan.
    public mutating func startResponse(
        _ status: HTTPStatus,
        _ size: Size,
        handlerCloses: Bool = false
    ) -> ResponsePlan {
        hasStarted = true
        if handlerCloses || !canReuseAfterContent { mustClose = true }
        let framing = framing(status, size)
        if framing == .untilClose { mustClose = true }
        let connection: ConnectionOption = mustClose ? .close : (isVersion10 ? .keepAlive : .implicit)
        let isEmpty = framing == .none || framing == .length(0)
        return ResponsePlan(framing: framing, sendsContent: !isHead && !isEmpty, connection: connection)
    }

    /// The response has been sent.
    ///
    /// - Returns: What to do with the connection.
    public func finish() -> Next {
        if mustClose { return .close }
        switch content {
        case .complete: return .readRequest
        case .unread: return .drain
        case .broken: return .close
        }
    }

    /// Whether a response of unknown length would have content on the wire.
    ///
    /// - Parameter status: The final status.
    /// - Returns: False for `HEAD` and for a status that forbids content.
    public func sendsContent(_ status: HTTPStatus) -> Bool {
        !isHead && !status.forbidsContent
    }

    private func framing(_ status: HTTPStatus, _ size: Size) -> ResponseFraming {
        if status.forbidsContent { return .none }
        switch size {
        case .bytes(let count): return .length(count)
        case .unknown: return isHead ? .none : (isVersion10 ? .untilClose : .chunked)
        }
    }

    /// Whether what is left of the content can be read away.
    ///
    /// A client that still waits for a 100 may or may not send its content after the final response, so the next bytes
    /// would be ambiguous.
    private var canReuseAfterContent: Bool {
        switch content {
        case .complete: true
        case .broken: false
        case .unread(let remaining): expectation != .pending && remaining ?? 0 <= drainBytesMax
        }
    }
}
