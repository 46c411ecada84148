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
    /// Longest time that content of a compressed stream waits for more, which would compress it better.
    public var compressedPause = Duration.milliseconds(100)
    /// Slowest transfer of content in both directions that is tolerated for long.
    public var bytesPerSecondMin = 512
    /// How long the end of a connection waits for the client to close it too, so that the last response is not lost.
    public var linger = Duration.seconds(2)
    /// How long a stream may be silent after its client has closed its sending side: a client that is gone looks the same
    /// until something is written to it.
    public var halfClosed = Duration.seconds(10)
    /// Delay of a loop's work that counts as late; see ``loopLatePatience``.
    public var loopLag = Duration.milliseconds(200)
    /// How long a loop has to be late all the time until new requests get 503; the first moment in time ends it.
    public var loopLatePatience = Duration.seconds(2)
    /// How long a graceful stop leaves idle connections open for a last request; after it they are closed, which a
    /// client that sends a request at that very moment sees as a failure.
    public var idleGrace = Duration.seconds(2)
    /// How long a graceful stop waits for requests in flight; what is left is cut off.
    public var grace = Duration.seconds(30)
    /// Pause of accepting when the process is out of descriptors or memory.
    public var acceptPause = Duration.milliseconds(100)

    /// Pace at which a loop that serves requests looks at its delay and at the memory of the buffers.
    public static let probe = Duration.milliseconds(100)

    /// The defaults.
    public init() {}
}
