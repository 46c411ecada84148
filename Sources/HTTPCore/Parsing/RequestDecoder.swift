/// Reads whole requests, head and content, one after the other: the receiving side of a connection without its I/O.
public struct RequestDecoder: Sendable {
    private let shared: HTTPLimits.Shared
    private var parser: RequestParser
    private var state = State.head
    /// The fields behind the content of the present request, once it has been read; see ``TrailerFields``.
    public private(set) var trailers = HTTPHeaders()

    private enum State: Sendable {
        case head
        case length(remaining: Int64)
        case chunked(ChunkedDecoder)
    }

    /// The next thing to do.
    public enum Action: Sendable, Hashable {
        /// More bytes are needed.
        case needMore
        /// A request begins; its content, if there is any, follows as `.content` and `.end`.
        case head(HTTPRequestHead, BodyFraming)
        /// These bytes of the input are content.
        case content(Range<Int>)
        /// The content is complete. Not reported for requests without content.
        case end
    }

    /// A decoder at the start of a connection; copies of it share the limits.
    public init(limits: HTTPLimits = HTTPLimits()) {
        shared = HTTPLimits.Shared(limits)
        parser = RequestParser(shared)
    }

    /// Whether a request is partly read; nothing of it may be mistaken for the next one.
    public var isInsideRequest: Bool {
        if case .head = state { return parser.isInsideHead }
        return true
    }

    /// Content bytes known to follow; `nil` when chunked, 0 between requests.
    public var contentBytesRemaining: Int64? {
        switch state {
        case .head: 0
        case .length(let remaining): remaining
        case .chunked: nil
        }
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - input: What arrived and was not consumed before.
    ///   - consumed: Set to the number of leading bytes that the caller has to drop.
    /// - Returns: What was found.
    /// - Throws: The first violation; the decoder is of no use afterwards.
    public mutating func decode(_ input: Span<UInt8>, consumed: inout Int) throws(HTTPParseError) -> Action {
        switch state {
        case .head:
            switch try parser.parse(input, consumed: &consumed) {
            case .needMore:
                return .needMore
            case .head(let head, let framing):
                switch framing {
                case .none: break
                case .length(let count):
                    state = .length(remaining: count)
                    // Those of an earlier request, perhaps of another client of the same proxy.
                    trailers = HTTPHeaders()
                case .chunked:
                    state = .chunked(ChunkedDecoder(shared))
                    trailers = HTTPHeaders()
                }
                return .head(head, framing)
            }
        case .length(let remaining):
            consumed = Int(min(remaining, Int64(input.count)))
            if remaining == 0 {
                state = .head
                return .end
            }
            guard consumed > 0 else { return .needMore }
            state = .length(remaining: remaining - Int64(consumed))
            return .content(0..<consumed)
        case .chunked(var decoder):
            let action = try decoder.decode(input, consumed: &consumed)
            state = action == .end ? .head : .chunked(decoder)
            switch action {
            case .needMore: return .needMore
            case .data(let range): return .content(range)
            case .end:
                trailers = decoder.trailers
                return .end
            }
        }
    }

    /// Reads content of the present request as ``decode(_:consumed:)`` does, but joins the chunks that have arrived.
    ///
    /// - Parameters:
    ///   - input: What arrived and was not consumed before.
    ///   - consumed: Set to the number of leading bytes that the caller has to drop.
    ///   - content: Receives the content behind what is there.
    ///   - bytesMax: No further chunk is begun once `content` has this many bytes.
    /// - Returns: Whether the content is complete. Without content and not complete, more bytes are needed.
    /// - Throws: The first violation; the decoder is of no use afterwards.
    public mutating func decodeContent(
        _ input: Span<UInt8>,
        consumed: inout Int,
        joining content: inout [UInt8],
        bytesMax: Int
    ) throws(HTTPParseError) -> Bool {
        consumed = 0
        switch state {
        case .head:
            return true
        case .length(let remaining):
            consumed = Int(min(remaining, Int64(input.count)))
            input.extracting(..<consumed).withUnsafeBufferPointer { content.append(contentsOf: $0) }
            let rest = remaining - Int64(consumed)
            state = rest == 0 ? .head : .length(remaining: rest)
            return rest == 0
        case .chunked(var decoder):
            let isEnd = try decoder.decode(input, consumed: &consumed, joining: &content, bytesMax: bytesMax)
            state = isEnd ? .head : .chunked(decoder)
            if isEnd { trailers = decoder.trailers }
            return isEnd
        }
    }
}
