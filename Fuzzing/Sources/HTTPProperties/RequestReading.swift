public import HTTPCore

/// Everything that a ``RequestDecoder`` makes of the bytes of a connection.
public struct RequestReading: Equatable, Sendable {
    /// The requests in order; the last one may be incomplete.
    public var requests: [Request] = []
    /// What ended the reading; `nil` when more bytes would be read.
    public var error: HTTPParseError?
    /// The most bytes that the caller had to keep because they were not consumed yet.
    public var keptBytesMax = 0

    /// One request.
    public struct Request: Equatable, Sendable {
        /// Its head.
        public var head: HTTPRequestHead
        /// How its content is framed.
        public var framing: BodyFraming
        /// The content that arrived, decoded.
        public var content: [UInt8] = []
        /// The fields behind the content that may be there.
        public var trailers: HTTPHeaders = [:]
        /// Position behind its last byte; `nil` when it is incomplete.
        public var end: Int?
    }

    /// The requests that were read to their end.
    public var completeRequests: [Request] { requests.filter { $0.end != nil } }

    /// Reads bytes as a connection does: what was not consumed comes again with more behind it.
    ///
    /// - Parameters:
    ///   - input: Everything that arrives.
    ///   - cuts: Ascending positions where a piece ends; the end of the input is always one.
    ///   - limits: Limits of the decoder.
    ///   - joinedBytesMax: Joins chunks up to this many bytes, as connections do; `nil` takes them one by one.
    public init(
        _ input: [UInt8],
        cuts: some Sequence<Int> = [],
        limits: HTTPLimits = HTTPLimits(),
        joinedBytesMax: Int? = nil
    ) {
        var decoder = RequestDecoder(limits: limits)
        var start = 0
        do throws(HTTPParseError) {
            for cut in cuts { try read(&decoder, input.span.extracting(..<cut), &start, joinedBytesMax) }
            try read(&decoder, input.span, &start, joinedBytesMax)
        } catch {
            self.error = error
        }
    }

    /// Reads all there is of one piece and what was left of those before.
    private mutating func read(
        _ decoder: inout RequestDecoder,
        _ arrived: Span<UInt8>,
        _ start: inout Int,
        _ joinedBytesMax: Int?
    ) throws(HTTPParseError) {
        while true {
            let rest = arrived.extracting(start...)
            if let joinedBytesMax, let last = requests.indices.last, requests[last].end == nil {
                guard try join(&decoder, rest, &start, joinedBytesMax) else {
                    keptBytesMax = max(keptBytesMax, arrived.count - start)
                    return
                }
                continue
            }
            var consumed = 0
            let action = try decoder.decode(rest, consumed: &consumed)
            switch action {
            case .needMore:
                start += consumed
                keptBytesMax = max(keptBytesMax, arrived.count - start)
                return
            case .head(let head, let framing):
                start += consumed
                requests.append(Request(head: head, framing: framing, end: framing == .none ? start : nil))
            case .content(let range):
                for position in range { requests[requests.count - 1].content.append(rest[position]) }
                start += consumed
            case .end:
                start += consumed
                requests[requests.count - 1].end = start
                requests[requests.count - 1].trailers = decoder.trailers
            }
        }
    }

    /// Reads content of the last request.
    ///
    /// - Returns: Whether there may be more to do without more bytes.
    private mutating func join(
        _ decoder: inout RequestDecoder,
        _ rest: Span<UInt8>,
        _ start: inout Int,
        _ bytesMax: Int
    ) throws(HTTPParseError) -> Bool {
        let last = requests.count - 1
        let count = requests[last].content.count
        var consumed = 0
        let isEnd = try decoder.decodeContent(
            rest,
            consumed: &consumed,
            joining: &requests[last].content,
            bytesMax: count + bytesMax
        )
        start += consumed
        if isEnd {
            requests[last].end = start
            requests[last].trailers = decoder.trailers
        }
        return isEnd || requests[last].content.count > count
    }

    /// Whether both readings say the same; how much was kept depends on the cuts.
    public static func == (first: RequestReading, second: RequestReading) -> Bool {
        first.requests == second.requests && first.error == second.error
    }
}
