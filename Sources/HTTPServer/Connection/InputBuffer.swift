import HTTPCore

/// Bytes received from a connection that nobody has consumed.
///
/// Filled from the loop's scratch buffer, so that a connection without pending bytes holds next to no memory.
struct InputBuffer {
    /// Received bytes; those before ``start`` have been consumed.
    private(set) var bytes: [UInt8] = []
    /// Position of the first byte that counts.
    private(set) var start = 0

    /// Whether everything has been consumed.
    var isEmpty: Bool { start == bytes.count }
    /// Bytes that count.
    var count: Int { bytes.count - start }

    /// Adds received bytes.
    mutating func append(_ received: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: received)
    }

    /// Has the decoder look at the bytes, and drops what it took, save content, which is still to be copied out.
    ///
    /// The bytes are lent, not copied: a second reference would make dropping them copy the rest.
    ///
    /// - Parameter decoder: Reads on.
    /// - Returns: What was found; `.content` is a range before the consumption.
    /// - Throws: The violation that the decoder found.
    mutating func decode(with decoder: inout RequestDecoder) throws(HTTPParseError) -> RequestDecoder.Action {
        var consumed = 0
        let action = try decoder.decode(bytes.span.extracting(start...), consumed: &consumed)
        if case .content = action { return action }
        consume(consumed)
        return action
    }

    /// Drops bytes from the front.
    ///
    /// - Parameter count: At most ``count``.
    mutating func consume(_ count: Int) {
        start += count
        guard start == bytes.count else { return }
        start = 0
        bytes.removeAll(keepingCapacity: bytes.capacity <= HTTPLimits.keptCapacityMax)
    }

    /// Copies out a range of the bytes that count, before it is consumed.
    func copy(_ range: Range<Int>) -> [UInt8] {
        Array(bytes[(start + range.lowerBound)..<(start + range.upperBound)])
    }
}
