import EventLoop
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

    /// Offers what is to be sent and drops what was taken.
    ///
    /// The bytes are lent, not copied: a second reference would make the next write copy them.
    ///
    /// - Parameter take: Returns the number of bytes taken; `nil` for none.
    /// - Returns: What `take` returned.
    /// - Throws: What `take` threw.
    mutating func send(_ take: (Span<UInt8>) throws(SocketError) -> Int?) throws(SocketError) -> Int? {
        let sent = try take(bytes.span.extracting(start...))
        if let sent { consume(sent) }
        return sent
    }

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
