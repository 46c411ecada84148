/// One socket that a server accepts connections from, and what is special about them.
public struct HTTPListener: Sendable {
    /// Where the socket comes from.
    public enum Endpoint: Sendable, Hashable {
        /// A name or numeric address to bind, empty for all addresses; port 0 takes any free one.
        case tcp(host: String, port: UInt16)
        /// A Unix-domain socket at a path of at most 107 bytes, with the file's permission bits (unix(7)).
        ///
        /// A socket file that nobody listens on is replaced; the file is removed when the server ends.
        case unix(path: String, mode: UInt32 = 0o660)
        /// A listening socket that another process bound and handed over; the server closes it at its end.
        case inherited(descriptor: Int32)
    }

    /// Where the socket comes from.
    public var endpoint: Endpoint
    /// Encrypts the connections, `nil` for plain HTTP; listeners may share one.
    public var tls: TLSContext?
    /// Whether connections begin with a header of the PROXY protocol; then one without it, or from a peer that is not
    /// among ``HTTPServerConfiguration/trustedProxies``, is closed.
    public var acceptsProxyProtocol: Bool
    /// Sends all requests to `https` instead of handing them to the handler.
    public var redirect: HTTPSRedirect?

    /// A listener.
    public init(
        _ endpoint: Endpoint,
        tls: TLSContext? = nil,
        acceptsProxyProtocol: Bool = false,
        redirect: HTTPSRedirect? = nil
    ) {
        self.endpoint = endpoint
        self.tls = tls
        self.acceptsProxyProtocol = acceptsProxyProtocol
        self.redirect = redirect
    }
}
