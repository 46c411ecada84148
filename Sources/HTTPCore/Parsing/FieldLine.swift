/// One header field line: `field-name ":" OWS field-value OWS` (RFC 9112 section 5).
enum FieldLine {
    /// Reads a line without its CR LF and adds the field.
    ///
    /// - Parameters:
    ///   - line: Not empty.
    ///   - headers: Receives the field behind those that are there.
    /// - Throws: `.foldedField`, `.invalidFieldName` or `.invalidFieldValue`.
    static func parse(_ line: Span<UInt8>, into headers: inout HTTPHeaders) throws(HTTPParseError) {
        if headers.isEmpty { headers.reserveCapacity(12) }
        let colon = try validate(line)
        let name = String(ascii: line.extracting(..<colon))
        var start = colon + 1
        var end = line.count
        while start < end, isWhiteSpace(line[start]) { start += 1 }
        while end > start, isWhiteSpace(line[end - 1]) { end -= 1 }
        headers.add(name, String(ascii: line.extracting(start..<end)))
    }

    /// Checks a line as ``parse(_:into:)`` does, without keeping anything: for trailers, not all of which are kept.
    ///
    /// - Returns: Position of the colon, at least 1.
    /// - Throws: As ``parse(_:into:)``.
    static func validate(_ line: Span<UInt8>) throws(HTTPParseError) -> Int {
        guard !line.isEmpty else { throw .invalidFieldName }
        guard !isWhiteSpace(line[0]) else { throw .foldedField }
        let (colon, isValueValid) = line.withUnsafeBufferPointer { scan($0) }
        // White space before the colon also ends the name: RFC 9112 section 5.1 demands a 400 for it.
        guard colon > 0, colon < line.count, line[colon] == ASCII.colon else { throw .invalidFieldName }
        guard isValueValid else { throw .invalidFieldValue }
        return colon
    }

    /// Finds the end of the name and checks what follows the byte there.
    private static func scan(_ line: UnsafeBufferPointer<UInt8>) -> (nameEnd: Int, isValueValid: Bool) {
        var end = 0
        while end < line.count, ByteSet.token.contains(line[end]) { end += 1 }
        var position = end + 1
        while position < line.count {
            guard ASCII.isFieldContent(line[position]) else { return (end, false) }
            position += 1
        }
        return (end, true)
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab
    }
}
