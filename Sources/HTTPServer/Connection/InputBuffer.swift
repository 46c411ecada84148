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

    /// Has the decoder take content of the present request.
    ///
    /// - Parameters:
    ///   - content: Receives what has arrived; of chunked content up to ``HTTPLimits/joinedChunkBytesMax``.
    ///   - decoder: Reads on.
    /// - Returns: Whether the content is complete.
    /// - Throws: The violation that the decoder found.
    mutating func takeContent(
        into content: inout [UInt8],
        with decoder: inout RequestDecoder
    ) throws(HTTPParseError) -> Bool {
        var consumed = 0
        let isEnd = try decoder.decodeContent(
            bytes.span.extracting(start...),
            consumed: &consumed,
            joining: &content,
            bytesMax: HTTPLimits.joinedChunkBytesMax
        )
        consume(consumed)
        return isEnd
    }
}
