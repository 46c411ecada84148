/// How the content of a response is delimited on the wire (RFC 9112 section 6).
public enum ResponseFraming: Sendable, Hashable {
    /// No content and no length field: 1xx, 204, 304, and `HEAD` for content of unknown length.
    case none
    /// `Content-Length`.
    case length(Int64)
    /// `Transfer-Encoding: chunked`.
    case chunked
    /// The end of the connection ends the content: unknown length for an HTTP/1.0 client.
    case untilClose
}

/// What a response says in its `Connection` field (RFC 9112 section 9.3).
public enum ConnectionOption: Sendable, Hashable {
    /// Nothing: persistent, the default of HTTP/1.1.
    case implicit
    /// `keep-alive`, which HTTP/1.0 clients need to hear.
    case keepAlive
    /// `close`: this is the last response.
    case close
}
