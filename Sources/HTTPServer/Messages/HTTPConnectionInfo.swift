public import EventLoop

/// Where a request comes from: the connection, and what trusted proxies say about the client behind it.
///
/// Made once a connection and shared by its requests; a request gets one of its own only when a trusted proxy sent
/// `Forwarded` fields with it.
public final class HTTPConnectionInfo: Sendable {
    /// The other end of the socket; with a proxy in front, the proxy.
    public let peer: SocketAddress
    /// The client as far as it is known: what trusted proxies announced, else ``peer``.
    ///
    /// The port is 0 when a proxy did not tell it.
    public let client: SocketAddress
    /// Whether the client's own connection is encrypted: TLS here, or at a trusted proxy that says so.
    public let isSecure: Bool
    /// Authority that the client asked for, as told by a trusted proxy; `nil` when the request's own `Host` counts.
    public let forwardedHost: String?
    /// What was agreed with TLS on this connection, with the client's certificate; `nil` for a plain one.
    public let tls: TLSSessionInfo?

    /// The facts of a connection.
    ///
    /// - Parameters:
    ///   - peer: The other end of the socket.
    ///   - client: The client behind proxies; `nil` when the peer is the client.
    ///   - isSecure: Whether the client's connection is encrypted.
    ///   - forwardedHost: Authority told by a trusted proxy.
    ///   - tls: What was agreed with TLS.
    public init(
        peer: SocketAddress,
        client: SocketAddress? = nil,
        isSecure: Bool = false,
        forwardedHost: String? = nil,
        tls: TLSSessionInfo? = nil
    ) {
        self.peer = peer
        self.client = client ?? peer
        self.isSecure = isSecure
        self.forwardedHost = forwardedHost
        self.tls = tls
    }

    /// The same connection with what a trusted proxy says of it; `nil` leaves what is known.
    ///
    /// A certificate of this connection is the proxy's own, and nothing that its clients may be known by.
    func behindProxy(client: SocketAddress?, isSecure: Bool?, host: String?) -> HTTPConnectionInfo {
        HTTPConnectionInfo(
            peer: peer,
            client: client ?? self.client,
            isSecure: isSecure ?? self.isSecure,
            forwardedHost: host ?? forwardedHost,
            tls: tls?.withoutClient
        )
    }

    /// Scheme of the client's own request: `https` or `http`.
    public var scheme: String { isSecure ? "https" : "http" }
}
