/// The bounds of the event loops.
public enum EventLoopLimits {
    /// Events taken from the kernel by one `epoll_wait`: enough to make its cost small per event, small enough that
    /// jobs made ready by the first events do not wait for thousands of others.
    public static let eventsPerWaitMax = 256
    /// Bytes of the scratch buffer that all reads of a loop share.
    public static let scratchBytes = 64 * 1024
    /// Loops in one group.
    public static let loopsMax = 256
}
