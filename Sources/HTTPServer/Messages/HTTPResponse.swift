public import HTTPCore

/// What a handler answers.
///
/// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, `Connection` and `X-Request-Id`; it sends no content
/// for `HEAD`, 204 and 304 whatever the body is. `Connection: close` among the fields closes the connection afterwards.
public struct HTTPResponse: Sendable {
    /// A final status.
    public var status: HTTPStatus
    /// The fields; see ``ResponseEncoder`` for those that are the server's own.
    public var headers: HTTPHeaders
    /// The content.
    public var body: HTTPResponseBody
    /// Whether the server may compress the content.
    public var compression = HTTPCompression.automatic

    /// A response of its parts.
    public init(status: HTTPStatus = .ok, headers: HTTPHeaders = [:], body: HTTPResponseBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text.
    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: .plainText, body: .bytes(Array(text.utf8)))
    }

    /// A page.
    public static func html(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: .html, body: .bytes(Array(text.utf8)))
    }

    /// JSON that has been encoded already.
    public static func json(_ bytes: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: .json, body: .bytes(bytes))
    }

    /// Bytes of a media type.
    public static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": contentType], body: .bytes(bytes))
    }

    /// A redirect; after a form has been processed 303 is right, which is the default.
    ///
    /// - Parameters:
    ///   - location: URI reference, percent-encoded by the caller.
    ///   - status: 301, 302, 303, 307 or 308.
    /// - Returns: The response, without content.
    public static func redirect(to location: String, status: HTTPStatus = .seeOther) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Location": location])
    }

    /// Adds a `Set-Cookie` line.
    public mutating func setCookie(_ cookie: SetCookie) {
        headers.add("Set-Cookie", cookie.headerValue)
    }
}

extension HTTPHeaders {
    // Made once: most responses share them, and a reference is cheaper than two arrays.
    fileprivate static let plainText: HTTPHeaders = ["Content-Type": "text/plain; charset=utf-8"]
    fileprivate static let html: HTTPHeaders = ["Content-Type": "text/html; charset=utf-8"]
    fileprivate static let json: HTTPHeaders = ["Content-Type": "application/json"]
}

/// The content of a response.
public enum HTTPResponseBody: Sendable {
    /// None; the length is announced as 0 where a length is announced.
    case empty
    /// Bytes in memory.
    case bytes([UInt8])
    /// A part of a file.
    case file(FileBody)
    /// Bytes and parts of files, one behind the other.
    case parts([Part])
    /// Content of unknown length, written piece by piece; chunked for HTTP/1.1, ended by closing for HTTP/1.0.
    ///
    /// The head is sent with the first piece. When the closure throws, a response of which nothing was sent becomes a
    /// 500 and any other is cut off, which the client notices. The task of the closure is cancelled when the client goes
    /// away, also when it only closes its sending side.
    case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
    /// Server-sent events.
    case events(EventStream)

    /// A piece of ``parts(_:)``.
    public enum Part: Sendable {
        /// Bytes in memory.
        case bytes([UInt8])
        /// A part of a file.
        case file(FileBody)

        /// Number of bytes.
        public var count: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let file): file.count
            }
        }
    }
}

extension HTTPResponseBody {
    /// The whole content in memory, for tests and in-memory clients: reads files, runs the stream.
    ///
    /// - Parameter bytesMax: Bound; writing more ends the stream with ``HTTPWriteError/ended``.
    /// - Returns: The content.
    /// - Throws: What the stream throws; ``HTTPWriteError``; ``SocketError`` of reading the file.
    public func collect(upTo bytesMax: Int = .max) async throws -> [UInt8] {
        switch self {
        case .empty: return []
        case .bytes(let bytes): return bytes
        case .file(let file): return try file.read()
        case .parts(let parts):
            return try parts.flatMap { part in
                switch part {
                case .bytes(let bytes): bytes
                case .file(let file): try file.read()
                }
            }
        case .stream(let body):
            let sink = MemorySink(bytesMax: bytesMax)
            try await body(HTTPBodyWriter(sink))
            return sink.content
        case .events(let stream):
            let sink = MemorySink(bytesMax: bytesMax)
            try await stream.body(EventWriter(HTTPBodyWriter(sink)))
            return sink.content
        }
    }
}
