/// The bounds of the log.
public struct LogLimits: Sendable, Hashable {
    /// Bytes of a line with its line end.
    ///
    /// The default is `PIPE_BUF` of Linux: a pipe takes a write of so many bytes whole, so that lines of several
    /// processes never mix (pipe(7)).
    public var lineBytesMax = 4_096
    /// Bytes of one value; the rest of a longer one is left out.
    public var valueBytesMax = 2_048
    /// How long a line may wait for a reader that is slower than the log, before it is dropped.
    public var patience = Duration.milliseconds(20)
    /// How often a line may wait; in between, lines that find no room are dropped at once.
    ///
    /// Whoever logs may be an event loop, with all its connections behind it.
    public var patienceInterval = Duration.seconds(1)

    /// The defaults.
    public init() {}
}
