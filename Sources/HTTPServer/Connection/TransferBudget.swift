/// How long a client may still keep a transfer waiting: a bucket of time that waiting empties and bytes fill.
///
/// A client may pause for the whole bucket, but one that trickles bytes more slowly than the smallest tolerated rate
/// empties it. Only waiting for the client counts, so a slow handler is never held against it.
struct TransferBudget: Sendable, Hashable {
    private let capacity: Duration
    private let bytesPerSecond: Int64
    /// Time left; at most the capacity.
    private(set) var remaining: Duration

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - capacity: Longest pause.
    ///   - bytesPerSecond: Slowest rate tolerated for long, at least 1.
    init(capacity: Duration, bytesPerSecond: Int) {
        self.capacity = capacity
        self.bytesPerSecond = Int64(max(1, bytesPerSecond))
        remaining = capacity
    }

    /// Takes off time that was spent waiting for the client.
    mutating func waited(_ duration: Duration) {
        remaining = max(.zero, remaining - duration)
    }

    /// Adds the time that the slowest tolerated client needs for these bytes.
    mutating func transferred(_ bytes: Int) {
        // A gigabyte fills every bucket; the clamp keeps the product small.
        let milliseconds = Int64(min(bytes, 1 << 30)) * 1000 / bytesPerSecond
        remaining = min(capacity, remaining + .milliseconds(milliseconds))
    }
}
