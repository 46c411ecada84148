import EventLoop
public import HTTPCore

/// A request as a handler sees it.
public struct HTTPRequest: Sendable {
    /// Method, target, version and fields.
    public var head: HTTPRequestHead
    /// The content; read at most once.
    public let body: HTTPRequestBody
    /// Where the request comes from.
    public let connection: HTTPConnectionInfo
    /// Identifies the request in logs and in the response: the client's `X-Request-Id` when it is sane, else generated.
    public let requestID: RequestID

    /// A request of its parts.
    public init(head: HTTPRequestHead, body: HTTPRequestBody, connection: HTTPConnectionInfo, requestID: RequestID) {
        self.head = head
        self.body = body
        self.connection = connection
        self.requestID = requestID
    }

    /// ``requestID`` as text.
    public var id: String { requestID.description }
    /// Numeric address of the client; with a trusted proxy in front, what the proxy says.
    public var remoteAddress: String { connection.client.host }

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
    /// `If-Match` with the tags that handlers give; `nil` without the field.
    ///
    /// A client that has the representation in a coding sends the tag of that, see ``EntityTag/coded(_:)``.
    public var ifMatch: String? { EntityTagList(head.headers.joined("If-Match"))?.uncoded.description }
    /// The query's names and values; parsed at each call.
    public var queryItems: QueryItems { QueryItems(parsing: head.query) }

    /// Makes a request without a server, for tests and in-memory clients; the target passes the server's own grammar.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: Origin form, such as `/vclusters?q=a`.
    ///   - headers: `Host` is added when it is missing.
    ///   - body: The whole content.
    ///   - connection: What the handler sees as the origin; `nil` is a plain connection from the same machine.
    ///   - id: Request id; `nil` applies the rules of the server.
    /// - Returns: The request.
    /// - Throws: ``HTTPParseError/invalidTarget``.
    public static func make(
        _ method: HTTPMethod = .get,
        _ target: String = "/",
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        connection: HTTPConnectionInfo? = nil,
        id: String? = nil
    ) throws(HTTPParseError) -> HTTPRequest {
        var headers = headers
        headers.setDefault("Host", "localhost")
        let head = HTTPRequestHead(method: method, target: try RequestTarget(target), headers: headers)
        return HTTPRequest(
            head: head,
            body: HTTPRequestBody(body),
            connection: connection ?? HTTPConnectionInfo(peer: SocketAddress(host: "127.0.0.1", port: 0)),
            requestID: RequestID(id ?? headers["X-Request-Id"])
        )
    }
}

/// Answers a request.
///
/// Runs on the loop of its connection and must not block its thread. An ``HTTPBodyError`` that it throws becomes the
/// status of that error; every other error becomes a 500 and is logged, and the connection survives.
public typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse
