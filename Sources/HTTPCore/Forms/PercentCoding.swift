/// Percent-encoding (RFC 3986 section 2.1).
public enum PercentCoding {
    /// Decodes every `%XX`.
    ///
    /// - Parameter text: Any text; bytes other than `%` are taken as they are.
    /// - Returns: `nil` when an escape is broken or the result is not UTF-8.
    public static func decoded(_ text: some StringProtocol) -> String? {
        guard text.utf8.contains(ASCII.percent) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == ASCII.percent else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(ASCII.hexValue), let low = iterator.next().flatMap(ASCII.hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Decodes a path but for `%2F` and `%25`; see ``RequestTarget/path``.
    ///
    /// - Returns: `nil` when an escape is broken, the result is not UTF-8 or has control characters.
    static func decodedPath(_ text: String) -> String? {
        guard text.utf8.contains(ASCII.percent) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == ASCII.percent else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(ASCII.hexValue), let low = iterator.next().flatMap(ASCII.hexValue)
            else { return nil }
            let decoded = high << 4 | low
            guard decoded >= 0x20, decoded != ASCII.delete else { return nil }
            if decoded == ASCII.slash || decoded == ASCII.percent {
                bytes += [ASCII.percent, ASCII.upperHexDigits[Int(high)], ASCII.upperHexDigits[Int(low)]]
            } else {
                bytes.append(decoded)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Encodes everything but unreserved characters: right for one path segment and for a query name or value.
    public static func encoded(_ text: some StringProtocol) -> String {
        guard !text.utf8.allSatisfy(ByteSet.unreserved.contains) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3)
        for byte in text.utf8 {
            if ByteSet.unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [
                    ASCII.percent, ASCII.upperHexDigits[Int(byte >> 4)], ASCII.upperHexDigits[Int(byte & 15)],
                ]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
