/// Reads chunked content (RFC 9112 section 7.1): a value-type state machine, fed with bytes, without I/O.
///
/// Chunk extensions are checked for size and dropped. The trailer section is checked for its grammar and size; of its
/// fields those are kept that ``TrailerFields`` allows, because no field in it may change how the request is understood.
public struct ChunkedDecoder: Sendable {
    /// The fields that came after the content; complete with ``Action/end``.
    public private(set) var trailers = HTTPHeaders()

    private let shared: HTTPLimits.Shared
    private var state = State.sizeLine
    private var lines = LineReader()
    private var contentBytes: Int64 = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerCount = 0

    private enum State: Hashable {
        case sizeLine
        case data(remaining: Int64)
        case dataEnd
        case trailers
        case ended
    }

    /// The next thing to do.
    public enum Action: Sendable, Hashable {
        /// More bytes are needed.
        case needMore
        /// These bytes of the input are content; they are part of what was consumed.
        case data(Range<Int>)
        /// The content and its trailer section are complete.
        case end
    }

    /// A decoder at the first chunk.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.init(HTTPLimits.Shared(limits))
    }

    /// A decoder that shares its limits.
    init(_ limits: HTTPLimits.Shared) {
        shared = limits
    }

    private var limits: HTTPLimits { shared.value }

    /// Reads on, up to the end of one piece of content.
    ///
    /// - Parameters:
    ///   - input: What arrived and was not consumed before.
    ///   - consumed: Set to the number of leading bytes that the caller has to drop.
    /// - Returns: What was found. After `.data` call again with the rest; after `.end` the rest is the next request.
    /// - Throws: `.invalidChunk`, `.invalidLineEnd`, `.contentTooLarge`, `.trailersTooLarge` or a fault of a trailer field.
    public mutating func decode(_ input: Span<UInt8>, consumed: inout Int) throws(HTTPParseError) -> Action {
        consumed = 0
        while true {
            let rest = input.extracting(consumed...)
            switch state {
            case .sizeLine:
                let end = lines.next(rest)
                // One more for a CR whose LF is still to come.
                guard (end ?? rest.count) <= limits.chunkLineBytesMax + 1 else { throw .invalidChunk }
                guard let end else { return .needMore }
                try readSize(rest.extracting(..<LineReader.length(rest, end: end)))
                consumed += end + 1
            case .data(let remaining):
                guard !rest.isEmpty else { return .needMore }
                let count = Int(min(remaining, Int64(rest.count)))
                state = remaining == Int64(count) ? .dataEnd : .data(remaining: remaining - Int64(count))
                let start = consumed
                consumed += count
                return .data(start..<consumed)
            case .dataEnd:
                if rest.count >= 1, rest[0] != ASCII.carriageReturn { throw .invalidChunk }
                guard rest.count >= 2 else { return .needMore }
                guard rest[1] == ASCII.lineFeed else { throw .invalidChunk }
                consumed += 2
                state = .sizeLine
            case .trailers:
                let end = lines.next(rest)
                guard trailerBytes + (end ?? rest.count) <= limits.trailerBytesMax + 1 else { throw .trailersTooLarge }
                guard let end else { return .needMore }
                try readTrailer(rest.extracting(..<LineReader.length(rest, end: end)))
                consumed += end + 1
            case .ended:
                return .end
            }
        }
    }

    /// `chunk-size [ chunk-ext ]`: 1 to 15 hexadecimal digits, so that the number always fits.
    private mutating func readSize(_ line: Span<UInt8>) throws(HTTPParseError) {
        var size: Int64 = 0
        var digits = 0
        while digits < line.count, let value = ASCII.hexValue(line[digits]) {
            digits += 1
            guard digits <= 15 else { throw .invalidChunk }
            size = size << 4 | Int64(value)
        }
        guard digits > 0 else { throw .invalidChunk }
        try checkExtensions(line.extracting(digits...))
        guard size <= limits.bodyBytesMax - contentBytes else { throw .contentTooLarge }
        contentBytes += size
        state = size == 0 ? .trailers : .data(remaining: size)
    }

    /// `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )` (RFC 9112 section 7.1.1, RFC 7230 erratum 4667).
    ///
    /// Nothing in them is of use here, but where they end has to be beyond doubt.
    private mutating func checkExtensions(_ text: Span<UInt8>) throws(HTTPParseError) {
        guard !text.isEmpty else { return }
        extensionBytes += text.count
        guard extensionBytes <= limits.chunkExtensionBytesMax else { throw .invalidChunk }
        var parser = FieldParser(String(ascii: text))
        while !parser.isAtEnd {
            parser.skipWhiteSpace()
            guard parser.take(ASCII.semicolon) else { throw .invalidChunk }
            parser.skipWhiteSpace()
            guard parser.token() != nil else { throw .invalidChunk }
            var value = parser
            value.skipWhiteSpace()
            guard value.take(ASCII.equals) else { continue }
            value.skipWhiteSpace()
            guard (value.next == ASCII.quote ? value.quotedString() : value.token()) != nil else { throw .invalidChunk }
            parser = value
        }
    }

    private mutating func readTrailer(_ line: Span<UInt8>) throws(HTTPParseError) {
        guard !line.isEmpty else {
            state = .ended
            return
        }
        trailerBytes += line.count + 2
        trailerCount += 1
        guard trailerBytes <= limits.trailerBytesMax, trailerCount <= limits.trailerCountMax else {
            throw .trailersTooLarge
        }
        let colon = try FieldLine.validate(line)
        guard TrailerFields.isAllowed(String(ascii: line.extracting(..<colon))) else { return }
        try FieldLine.parse(line, into: &trailers)
    }
}

extension ChunkedDecoder {
    /// Reads on, up to the end of what has arrived, and joins the content of all chunks.
    ///
    /// For a flood of tiny chunks: one piece and one call for all of them, not one for each.
    ///
    /// - Parameters:
    ///   - input: What arrived and was not consumed before.
    ///   - consumed: Set to the number of leading bytes that the caller has to drop.
    ///   - content: Receives the content behind what is there.
    ///   - bytesMax: No further chunk is begun once `content` has this many bytes.
    /// - Returns: Whether the content and its trailer section are complete.
    /// - Throws: As ``decode(_:consumed:)``; `content` has what came before the fault.
    mutating func decode(
        _ input: Span<UInt8>,
        consumed: inout Int,
        joining content: inout [UInt8],
        bytesMax: Int
    ) throws(HTTPParseError) -> Bool {
        consumed = 0
        while true {
            var taken = 0
            let rest = input.extracting(consumed...)
            let action = try decode(rest, consumed: &taken)
            consumed += taken
            switch action {
            case .needMore: return false
            case .end: return true
            case .data(let range):
                // A loop costs less than a copy for the few bytes that matter here.
                if range.count <= 8 {
                    for position in range { content.append(rest[position]) }
                } else {
                    rest.extracting(range).withUnsafeBufferPointer { content.append(contentsOf: $0) }
                }
                if content.count >= bytesMax { return false }
            }
        }
    }
}
