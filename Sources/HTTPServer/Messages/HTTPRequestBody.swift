public import HTTPCore

/// The content of a request: pieces that are read from the connection as the handler asks for them.
///
/// Nothing is read ahead, so a slow handler slows its client down. The first read answers `Expect: 100-continue`. What
/// a handler does not read is read away within ``HTTPLimits/drainBytesMax``, or the connection is closed.
public struct HTTPRequestBody: Sendable {
    private let source: Source

    fileprivate enum Source: Sendable {
        case bytes([UInt8])
        case connection(ContentReader)
    }

    /// Content that is in memory already.
    public init(_ bytes: [UInt8] = []) {
        source = .bytes(bytes)
    }

    init(_ reader: ContentReader) {
        source = .connection(reader)
    }

    /// Whether it is certain that there is no content.
    public var isEmpty: Bool { length == 0 }

    /// Number of bytes announced; `nil` when chunked.
    public var length: Int64? {
        switch source {
        case .bytes(let bytes): Int64(bytes.count)
        case .connection(let reader): reader.length
        }
    }

    /// The fields that came behind chunked content (RFC 9110 section 6.5).
    ///
    /// Empty before the content has been read to its end. Those that ``TrailerFields`` forbids were dropped; what remains is as trustworthy as the content.
    public var trailers: HTTPHeaders {
        switch source {
        case .bytes: [:]
        case .connection(let reader): reader.trailers
        }
    }

    /// Reads everything.
    ///
    /// - Parameter bytesMax: Bound of this call; announced content beyond it is refused without reading.
    /// - Returns: The content; empty when there is none.
    /// - Throws: ``HTTPBodyError``; `overloaded` when all requests together hold more than
    ///   ``HTTPLimits/bufferBytesMax``.
    public func collect(upTo bytesMax: Int) async throws(HTTPBodyError) -> [UInt8] {
        if let length, length > Int64(bytesMax) { throw .tooLarge }
        switch source {
        case .bytes(let bytes):
            return bytes
        case .connection(let reader):
            var content: [UInt8] = []
            while let piece = try await reader.next(isKept: true) {
                guard piece.count <= bytesMax - content.count else { throw .tooLarge }
                content += piece
            }
            return content
        }
    }
}

extension HTTPRequestBody: AsyncSequence {
    /// Gives the pieces of the content; none is empty.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var bytes: [UInt8]?
        private let reader: ContentReader?

        fileprivate init(_ source: Source) {
            switch source {
            case .bytes(let bytes): (self.bytes, reader) = (bytes.isEmpty ? nil : bytes, nil)
            case .connection(let reader): (bytes, self.reader) = (nil, reader)
            }
        }

        /// The next piece; `nil` at the end.
        ///
        /// - Throws: ``HTTPBodyError``.
        public mutating func next() async throws(HTTPBodyError) -> [UInt8]? {
            if let reader { return try await reader.next() }
            defer { bytes = nil }
            return bytes
        }
    }

    /// Iterates over the content as it arrives; content from a connection can be read once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source)
    }
}

/// Why the content of a request could not be read.
public enum HTTPBodyError: Error, Sendable, Hashable {
    /// More content than allowed: 413.
    case tooLarge
    /// The connection ended before the content: nobody is left to answer.
    case incomplete
    /// The content came too slowly: 408.
    case timedOut
    /// The chunked coding is broken: the status of the error.
    case malformed(HTTPParseError)
    /// All requests together hold more content in memory than they may: 503.
    case overloaded
    /// A programmer's error: the content is read by two tasks at once, or after the response was sent.
    case unavailable

    /// The status to answer with.
    public var status: HTTPStatus {
        switch self {
        case .tooLarge: .contentTooLarge
        case .incomplete: .badRequest
        case .timedOut: .requestTimeout
        case .malformed(let error): error.status
        case .overloaded: .serviceUnavailable
        case .unavailable: .internalServerError
        }
    }
}
