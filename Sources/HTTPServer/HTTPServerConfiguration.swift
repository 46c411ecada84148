public import HTTPCore

/// How a server listens and what it allows.
public struct HTTPServerConfiguration: Sendable {
    /// Where connections come from; at least one.
    public var listeners: [HTTPListener]
    /// Bounds of sizes and numbers.
    public var limits = HTTPLimits()
    /// Bounds of time.
    public var timeouts = HTTPTimeouts()
    /// Proxies whose PROXY protocol and `Forwarded` fields are believed; those of everybody else are not even read.
    public var trustedProxies = TrustedProxies()
    /// The fields in which trusted proxies tell of the client.
    public var forwardedFields = ForwardedOrigin.Fields.any
    /// Value of the `Server` field; empty leaves it out, which tells an attacker less.
    public var serverName = ""
    /// Counts input that is refused; kept by whoever wants to read it.
    public var statistics = HTTPServerStatistics()
    /// Lets another process bind the same port, for a restart without a gap (`SO_REUSEPORT`).
    public var isPortShared = false

    /// Requests that are served under overload too, such as the probes of an orchestrator; asked only then.
    public var servesUnderOverload: @Sendable (HTTPRequestHead) -> Bool = { _ in false }

    /// A server on one address with default limits.
    ///
    /// - Parameters:
    ///   - host: Name or numeric address to bind; empty for all addresses.
    ///   - port: Port to bind; 0 takes any free one, see ``HTTPServer/waitUntilBound()``.
    public init(host: String = "127.0.0.1", port: UInt16 = 0) {
        self.init(listeners: [HTTPListener(.tcp(host: host, port: port))])
    }

    /// A server on any number of sockets with default limits.
    public init(listeners: [HTTPListener]) {
        self.listeners = listeners
    }

    /// The TLS contexts of all listeners, each once.
    var tlsContexts: [TLSContext] {
        var contexts: [TLSContext] = []
        for listener in listeners {
            if let tls = listener.tls, !contexts.contains(where: { $0 === tls }) { contexts.append(tls) }
        }
        return contexts
    }
}
