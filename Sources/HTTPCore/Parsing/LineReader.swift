import Glibc

/// Finds the next line of a message, remembering how far a partial line was searched.
///
/// A line ends in CR LF and in nothing else: RFC 9112 section 2.2 lets a recipient take a bare LF too, and servers that
/// do have been smuggled past by those that do not.
struct LineReader: Sendable, Hashable {
    /// Bytes of the current partial line that have no LF.
    private var searched = 0

    /// Looks for the LF of a line at the start of the input.
    ///
    /// - Parameter input: Everything received from the start of the line on; grows from call to call.
    /// - Returns: Number of bytes before the LF, a CR among them if there is one; `nil` when no LF has arrived.
    mutating func next(_ input: Span<UInt8>) -> Int? {
        let start = searched
        let found = input.withUnsafeBufferPointer { buffer -> Int? in
            guard start < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let hit = memchr(base + start, Int32(ASCII.lineFeed), buffer.count - start) else { return nil }
            return UnsafeRawPointer(base).distance(to: hit)
        }
        searched = found == nil ? input.count : 0
        return found
    }

    /// Length of a line without its line end.
    ///
    /// - Parameters:
    ///   - input: As for ``next(_:)``.
    ///   - end: What ``next(_:)`` returned. Limits are checked before this is called, so that a line that is too long
    ///     is refused for the same reason however it was cut into pieces.
    /// - Returns: Number of bytes before the CR.
    /// - Throws: `.invalidLineEnd` for a LF without CR.
    static func length(_ input: Span<UInt8>, end: Int) throws(HTTPParseError) -> Int {
        guard end > 0, input[end - 1] == ASCII.carriageReturn else { throw .invalidLineEnd }
        return end - 1
    }
}
