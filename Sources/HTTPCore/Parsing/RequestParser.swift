/// Reads request heads: a value-type state machine, fed with bytes, without I/O (RFC 9112 sections 2 to 6).
///
/// One instance reads the heads of one connection, one after the other. Whole lines are consumed as they arrive; a
/// partial line stays with the caller, who calls again with more behind it. The result is the same for every way of
/// cutting the input into pieces.
public struct RequestParser: Sendable {
    private let shared: HTTPLimits.Shared
    private var lines = LineReader()
    private var emptyLines = 0
    private var headerBytes = 0
    private var requestLine: RequestLine?
    private var headers = HTTPHeaders()

    /// The next thing to do.
    public enum Action: Sendable, Hashable {
        /// Everything given was looked at and more is needed.
        case needMore
        /// A head is complete, and this is how its content is framed.
        case head(HTTPRequestHead, BodyFraming)
    }

    private struct RequestLine {
        var method: HTTPMethod
        var target: RequestTarget
        var version: HTTPVersion
    }

    /// A parser at the start of a request.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.init(HTTPLimits.Shared(limits))
    }

    /// A parser that shares its limits.
    init(_ limits: HTTPLimits.Shared) {
        shared = limits
    }

    private var limits: HTTPLimits { shared.value }

    /// Whether a part of a request has been consumed: a connection that ends now ends in the middle of it.
    public var isInsideHead: Bool { requestLine != nil }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - input: What arrived and was not consumed before.
    ///   - consumed: Set to the number of leading bytes that the caller has to drop.
    /// - Returns: What to do next. After `.head` the parser is at the start of the next request.
    /// - Throws: The first violation; the parser is of no use afterwards.
    public mutating func parse(_ input: Span<UInt8>, consumed: inout Int) throws(HTTPParseError) -> Action {
        consumed = 0
        while let end = lines.next(input.extracting(consumed...)) {
            let rest = input.extracting(consumed...)
            try checkLength(rest.extracting(..<end))
            let length = try LineReader.length(rest, end: end)
            let line = rest.extracting(..<length)
            consumed += end + 1
            if requestLine == nil {
                if line.isEmpty {
                    emptyLines += 1
                    guard emptyLines <= limits.leadingEmptyLinesMax else { throw .tooManyEmptyLines }
                } else {
                    requestLine = try parseRequestLine(line)
                }
            } else if line.isEmpty {
                return try finish()
            } else {
                headerBytes += length + 2
                guard headerBytes <= limits.headerBytesMax, headers.count < limits.headerCountMax else {
                    throw .headersTooLarge
                }
                try FieldLine.parse(line, into: &headers)
            }
        }
        try checkLength(input.extracting(consumed...))
        return .needMore
    }

    private mutating func finish() throws(HTTPParseError) -> Action {
        guard let line = requestLine else { throw .invalidRequestLine }
        requestLine = nil
        // Taken out, not copied: a second reference to the fields would count for nothing.
        let fields = exchange(&headers, with: HTTPHeaders())
        let head = HTTPRequestHead(method: line.method, target: line.target, version: line.version, headers: fields)
        emptyLines = 0
        headerBytes = 0
        let framing = try BodyFraming(of: head, limits: limits)
        return .head(head, framing)
    }

    /// Refuses a line, or the beginning of one, as soon as it is too long to become valid.
    private func checkLength(_ line: Span<UInt8>) throws(HTTPParseError) {
        guard requestLine == nil else {
            guard headerBytes + line.count <= limits.headerBytesMax + 1 else { throw .headersTooLarge }
            return
        }
        let space = firstSpace(line)
        guard (space ?? line.count) <= limits.methodBytesMax else { throw .unsupportedMethod }
        // " HTTP/1.1" and a CR whose LF is still to come.
        guard line.count <= limits.methodBytesMax + limits.targetBytesMax + 11 else { throw .targetTooLong }
    }

    private func firstSpace(_ line: Span<UInt8>) -> Int? {
        line.withUnsafeBufferPointer { $0.firstIndex(of: ASCII.space) }
    }

    private func parseRequestLine(_ line: Span<UInt8>) throws(HTTPParseError) -> RequestLine {
        guard let methodEnd = firstSpace(line) else {
            throw line.count > limits.methodBytesMax ? .unsupportedMethod : .invalidRequestLine
        }
        let method = try parseMethod(line.extracting(..<methodEnd))
        let rest = line.extracting((methodEnd + 1)...)
        guard let targetEnd = firstSpace(rest) else {
            throw rest.count > limits.targetBytesMax ? .targetTooLong : .invalidRequestLine
        }
        guard targetEnd > 0 else { throw .invalidRequestLine }
        guard targetEnd <= limits.targetBytesMax else { throw .targetTooLong }
        let version = try parseVersion(rest.extracting((targetEnd + 1)...))
        let target = try RequestTarget(String(ascii: rest.extracting(..<targetEnd)))
        // RFC 9112 section 3.2.4: only OPTIONS asks about the server as a whole.
        guard !target.isAsterisk || method == .options else { throw .invalidTarget }
        return RequestLine(method: method, target: target, version: version)
    }

    private func parseMethod(_ bytes: Span<UInt8>) throws(HTTPParseError) -> HTTPMethod {
        guard !bytes.isEmpty else { throw .invalidRequestLine }
        guard bytes.count <= limits.methodBytesMax else { throw .unsupportedMethod }
        for position in bytes.indices {
            guard ByteSet.token.contains(bytes[position]) else { throw .invalidMethod }
        }
        if let method = HTTPMethod.usual(bytes) { return method }
        let method = HTTPMethod(rawValue: String(ascii: bytes))
        guard method != .connect else { throw .unsupportedMethod }
        return method
    }

    private func parseVersion(_ bytes: Span<UInt8>) throws(HTTPParseError) -> HTTPVersion {
        let prefix: StaticString = "HTTP/"
        guard bytes.count == 8, bytes[6] == 0x2E else { throw .invalidVersion }
        for position in 0..<5 where bytes[position] != prefix.utf8Start[position] { throw .invalidVersion }
        let (major, minor) = (bytes[5] &- ASCII.zero, bytes[7] &- ASCII.zero)
        guard major <= 9, minor <= 9 else { throw .invalidVersion }
        guard major == 1 else { throw .unsupportedVersion }
        // RFC 9110 section 2.5: a higher minor version is processed as the highest known one.
        return minor == 0 ? .http10 : .http11
    }
}

extension String {
    /// Text of bytes; those that are not UTF-8 as a whole are read as ISO 8859-1, so that no two values become equal.
    init(ascii bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { buffer in
            // Nearly always ASCII, for which validation can be left to the copying.
            if !buffer.contains(where: { $0 >= 0x80 }) {
                return String(unsafeUninitializedCapacity: buffer.count) { $0.initialize(fromContentsOf: buffer) }
            }
            return String(validating: buffer, as: UTF8.self)
                ?? String(String.UnicodeScalarView(buffer.map { Unicode.Scalar($0) }))
        }
    }
}
