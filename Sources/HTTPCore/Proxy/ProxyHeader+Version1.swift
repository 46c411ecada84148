extension ProxyHeader {
    private static let prefix1 = Array("PROXY ".utf8)
    /// The longest line with its CR LF (section 2.1 of the specification).
    private static let lineBytesMax = 107

    /// Reads the text form: `PROXY TCP4 192.0.2.1 192.0.2.2 40000 443` and CR LF.
    static func parseVersion1(_ input: Span<UInt8>, _ consumed: inout Int) throws(Failure) -> ProxyHeader? {
        guard agrees(input, with: prefix1) else { throw .malformed }
        var line: [UInt8] = []
        for position in 0..<min(input.count, lineBytesMax) {
            let byte = input[position]
            if line.last == ASCII.carriageReturn {
                guard byte == ASCII.lineFeed else { throw .malformed }
                consumed = position + 1
                return try header(line.dropLast())
            }
            // Anything else cannot become a line of the protocol, however it goes on.
            guard byte == ASCII.carriageReturn || (byte >= ASCII.space && byte < ASCII.delete) else { throw .malformed }
            line.append(byte)
        }
        guard input.count < lineBytesMax else { throw .tooLong }
        return nil
    }

    private static func header(_ line: ArraySlice<UInt8>) throws(Failure) -> ProxyHeader {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2 else { throw .malformed }
        // What follows UNKNOWN has no meaning that a receiver may rely on.
        if words[1] == "UNKNOWN" { return ProxyHeader() }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6" else { throw .malformed }
        let isV4 = words[1] == "TCP4"
        guard let source = IPAddress(words[2]), IPAddress(words[3]) != nil,
            !words[2].contains(":") == isV4, !words[3].contains(":") == isV4,
            let port = Self.port(words[4]), Self.port(words[5]) != nil
        else { throw .malformed }
        return ProxyHeader(source: .address(source, port: port))
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard let first = text.utf8.first, text.utf8.count == 1 || first != ASCII.zero else { return nil }
        return text.utf8.allSatisfy { $0 >= ASCII.zero && $0 <= ASCII.nine } ? UInt16(text) : nil
    }
}
