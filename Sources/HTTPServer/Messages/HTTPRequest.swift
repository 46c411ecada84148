public import HTTPCore

/// A request as a handler sees it.
public struct HTTPRequest: Sendable {
    /// Method, target, version and fields.
    public var head: HTTPRequestHead
    /// The content; read at most once.
    public let body: HTTPRequestBody
    /// Numeric address of the peer of the connection; with a proxy in front, the proxy's.
    public let remoteAddress: String
    /// Identifies the request in logs and in the response: the client's `X-Request-Id` when it is sane, else generated.
    public let id: String

    /// A request of its parts.
    public init(head: HTTPRequestHead, body: HTTPRequestBody, remoteAddress: String, id: String) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.id = id
    }

    /// The method.
    public var method: HTTPMethod { head.method }
    /// The fields.
    public var headers: HTTPHeaders { head.headers }
    /// Decoded path; see ``RequestTarget/path``.
    public var path: String { head.path }
    /// Path as received.
    public var rawPath: String { head.rawPath }
    /// What follows the `?`, as received; `nil` without one.
    public var query: String? { head.query }
    /// The query's names and values; parsed at each call.
    public var queryItems: QueryItems { QueryItems(parsing: head.query) }

    /// Makes a request without a server, for tests and in-memory clients; the target passes the server's own grammar.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: Origin form, such as `/vclusters?q=a`.
    ///   - headers: `Host` is added when it is missing.
    ///   - body: The whole content.
    ///   - remoteAddress: What the handler sees as the peer.
    ///   - id: Request id; `nil` applies the rules of the server.
    /// - Returns: The request.
    /// - Throws: ``HTTPParseError/invalidTarget``.
    public static func make(
        _ method: HTTPMethod = .get,
        _ target: String = "/",
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1",
        id: String? = nil
    ) throws(HTTPParseError) -> HTTPRequest {
        var headers = headers
        headers.setDefault("Host", "localhost")
        let head = HTTPRequestHead(method: method, target: try RequestTarget(target), headers: headers)
        let id = id ?? RequestID.accepted(headers["X-Request-Id"]) ?? RequestID.random()
        return HTTPRequest(head: head, body: HTTPRequestBody(body), remoteAddress: remoteAddress, id: id)
    }
}

/// Answers a request.
///
/// Runs on the loop of its connection and must not block its thread. An ``HTTPBodyError`` that it throws becomes the
/// status of that error; every other error becomes a 500 and is logged, and the connection survives.
public typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse
