import HTTPCore

/// Bytes of responses that the socket has not taken yet.
struct OutputBuffer {
    /// Bytes to send; those before ``start`` have been sent.
    var bytes: [UInt8] = []
    /// Position of the first byte to send.
    private(set) var start = 0

    /// Whether everything has been sent.
    var isEmpty: Bool { start == bytes.count }
    /// Bytes to send.
    var count: Int { bytes.count - start }

    /// Drops bytes that were sent.
    ///
    /// - Parameter count: At most ``count``.
    mutating func consume(_ count: Int) {
        start += count
        guard start == bytes.count else { return }
        start = 0
        bytes.removeAll(keepingCapacity: bytes.capacity <= HTTPLimits.keptCapacityMax)
    }
}
