/// Method, target, version and header fields of a request (RFC 9112 section 3).
public struct HTTPRequestHead: Sendable, Hashable {
    /// The method.
    public var method: HTTPMethod
    /// What the client asks for.
    public var target: RequestTarget
    /// The version; a minor version above 1 is read as 1.1 (RFC 9110 section 2.5).
    public var version: HTTPVersion
    /// The fields, trailer section not included.
    public var headers: HTTPHeaders

    /// A head of its parts.
    public init(method: HTTPMethod, target: RequestTarget, version: HTTPVersion = .http11, headers: HTTPHeaders = [:]) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
    }

    /// Host and port that the request is for: of an absolute target, else of `Host` (RFC 9112 section 3.3).
    public var authority: String? {
        target.authority ?? headers["Host"]
    }

    /// Path with percent-encoding decoded; see ``RequestTarget/path``.
    public var path: String { target.path }
    /// Path as received.
    public var rawPath: String { target.rawPath }
    /// What follows the first `?`, as received; `nil` without one.
    public var query: String? { target.query }
}
