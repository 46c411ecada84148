extension ProxyHeader {
    /// Signature, version and command, family and protocol, length.
    private static let headBytes = 16
    private static let typeCRC32C: UInt8 = 0x03
    private static let typeSSL: UInt8 = 0x20

    /// Reads the binary form.
    static func parseVersion2(_ input: Span<UInt8>, _ consumed: inout Int) throws(Failure) -> ProxyHeader? {
        guard agrees(input, with: signature2) else { throw .malformed }
        // Version 2 with LOCAL or PROXY.
        if input.count > 12, input[12] != 0x20, input[12] != 0x21 { throw .malformed }
        if input.count > 13, input[12] == 0x21, !isKnown(family: input[13]) { throw .malformed }
        guard input.count >= headBytes else { return nil }
        let length = Int(input[14]) << 8 | Int(input[15])
        guard headBytes + length <= HTTPLimits.proxyHeaderBytesMax else { throw .tooLong }
        // LOCAL: the proxy speaks for itself, and what it says of families and addresses means nothing.
        let family = input[12] == 0x21 ? input[13] >> 4 : 0
        let addressBytes = [0, 12, 36, 216][Int(family)]
        guard length >= addressBytes else { throw .malformed }
        guard input.count >= headBytes + length else { return nil }
        consumed = headBytes + length
        guard family != 0 else { return ProxyHeader() }
        let whole = input.extracting(..<consumed)
        var header = ProxyHeader(source: source(whole, family))
        try header.readExtensions(whole, from: headBytes + addressBytes)
        return header
    }

    /// UNSPEC, or IPv4, IPv6 or Unix with STREAM or DGRAM.
    private static func isKnown(family: UInt8) -> Bool {
        family == 0 || ((1...3).contains(family >> 4) && (1...2).contains(family & 15))
    }

    /// The source address; the destination comes after it and is not needed.
    private static func source(_ header: Span<UInt8>, _ family: UInt8) -> Source? {
        let content = header.extracting(headBytes...)
        func address(_ bytes: Int) -> Source? {
            guard let address = IPAddress(bytes: content.extracting(..<bytes)) else { return nil }
            let port = UInt16(content[2 * bytes]) << 8 | UInt16(content[2 * bytes + 1])
            return .address(address, port: port)
        }
        switch family {
        case 1: return address(4)
        case 2: return address(16)
        case 3: return .unix(path: path(content.extracting(..<108)))
        default: return nil
        }
    }

    private static func path(_ field: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        for position in field.indices {
            // The path goes into logs: what a terminal would act on ends it.
            guard field[position] > ASCII.space, field[position] != ASCII.delete else { break }
            bytes.append(field[position])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Walks over the type-length-value fields: checks the checksum, looks whether the client came by TLS, and passes
    /// over the others.
    private mutating func readExtensions(_ header: Span<UInt8>, from start: Int) throws(Failure) {
        var position = start
        while position < header.count {
            guard header.count - position >= 3 else { throw .malformed }
            let length = Int(header[position + 1]) << 8 | Int(header[position + 2])
            let value = position + 3
            guard length <= header.count - value else { throw .malformed }
            switch header[position] {
            case Self.typeCRC32C:
                guard length == 4 else { throw .malformed }
                try Self.verify(header, value..<(value + 4))
            case Self.typeSSL:
                guard length >= 5 else { throw .malformed }
                isSecure = header[value] & 1 != 0
            default:
                break
            }
            position = value + length
        }
    }

    private static func verify(_ header: Span<UInt8>, _ field: Range<Int>) throws(Failure) {
        var expected: UInt32 = 0
        for position in field { expected = expected << 8 | UInt32(header[position]) }
        guard CRC32C.checksum(header, zeroing: field) == expected else { throw .corrupt }
    }
}
