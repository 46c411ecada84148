/// What a pool is doing at one moment.
public struct PoolStatistics: Sendable, Hashable {
    /// The bound of `open`.
    public var openMax: Int
    /// Connections that are open or being opened.
    public var open: Int
    /// Connections that nobody uses.
    public var idle: Int
    /// Callers that wait for one.
    public var waiting: Int
    /// Connections opened since the start.
    public var openedTotal: Int
    /// Callers that were sent away since the start, because they waited too long or too many did.
    public var refusedTotal: Int

    /// Connections in use or being opened.
    public var leased: Int { open - idle }
}
