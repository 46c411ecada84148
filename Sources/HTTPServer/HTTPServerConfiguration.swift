public import HTTPCore

/// How a server listens and what it allows.
public struct HTTPServerConfiguration: Sendable {
    /// Where connections come from; at least one.
    public var listeners: [HTTPListener]
    /// Bounds of sizes and numbers.
    public var limits = HTTPLimits()
    /// Bounds of time.
    public var timeouts = HTTPTimeouts()
    /// Value of the `Server` field; empty leaves it out, which tells an attacker less.
    public var serverName = ""
    /// Lets another process bind the same port, for a restart without a gap (`SO_REUSEPORT`).
    public var isPortShared = false

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
}

/// Bounds of time of a connection.
public struct HTTPTimeouts: Sendable, Hashable {
    /// From the first byte of a request, or the start of the connection, to the end of its head: then 408.
    public var header = Duration.seconds(10)
    /// Between a response and the next request: then the connection is closed without a word.
    public var idle = Duration.seconds(60)
    /// Pause that a client may make in its content, over the time that ``bytesPerSecondMin`` allows: then 408.
    public var body = Duration.seconds(20)
    /// Pause that a client may make in taking a response, over the time that ``bytesPerSecondMin`` allows: then the
    /// connection is closed.
    public var write = Duration.seconds(20)
    /// Slowest transfer of content in both directions that is tolerated for long.
    public var bytesPerSecondMin = 512
    /// How long the end of a connection waits for the client to close it too, so that the last response is not lost.
    public var linger = Duration.seconds(2)
    /// How long a graceful stop waits for requests in flight; what is left is cut off.
    public var grace = Duration.seconds(30)
    /// Pause of accepting when the process is out of descriptors or memory.
    public var acceptPause = Duration.milliseconds(100)

    /// The defaults.
    public init() {}
}
