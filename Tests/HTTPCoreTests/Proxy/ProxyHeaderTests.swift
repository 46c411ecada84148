import HTTPCore
import Testing

/// The PROXY protocol, versions 1 and 2; sections are those of its specification.
struct ProxyHeaderTests {
    @Test(arguments: [
        ("PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n", "192.0.2.1", 40_000),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 65_535),
        ("PROXY TCP6 2001:db8::1 ::1 0 443\r\n", "2001:db8::1", 0),
        ("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 443\r\n", "192.0.2.1", 1),
        (
            "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535
        ),
    ])
    func version1_tellsTheClient(line: String, address: String, port: UInt16) throws {
        let source = ProxyHeader.Source.address(try #require(IPAddress(address)), port: port)
        let outcome = read(Array(line.utf8))
        #expect(outcome == .header(ProxyHeader(source: source), rest: 0))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
    ])
    func version1_mayNotKnow(line: String) {
        #expect(read(Array((line + "GET /").utf8)) == .header(ProxyHeader(), rest: 5))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "PROXY \r\n", "PROXY\r\n", "proxy UNKNOWN\r\n", " PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN\n", "PROXY UNKNOWN\rX", "PROXY UNKNOWN\0\r\n", "PROXY  UNKNOWN\r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 ::1 1 2\r\n",
        "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 localhost 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 +2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2  2\r\n", "\r\n\r\nGET / HTTP/1.1\r\n", "\r\n\r\n\0\r\nQUIX\n",
    ])
    func otherBytes_areRefused(text: String) {
        #expect(read(Array(text.utf8)) == .failed(.malformed))
    }

    @Test func lineWithoutEnd_isRefusedAfter107Bytes() {
        let start = Array("PROXY UNKNOWN ".utf8)
        #expect(read(start + [UInt8](repeating: 0x61, count: 92)) == .unfinished)
        #expect(read(start + [UInt8](repeating: 0x61, count: 93)) == .failed(.tooLong))
    }

    @Test func version2_tellsTheClientInEveryFamily() throws {
        let v4 = version2(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0x9C, 0x40, 1, 187])
        let v6Address: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        let v6 = version2(0x21, 0x21, v6Address + v6Address + [0, 80, 1, 187])
        let path = Array("/run/client".utf8) + [UInt8](repeating: 0, count: 97)
        let unix = version2(0x21, 0x31, path + path)
        let datagrams = version2(0x21, 0x12, [192, 0, 2, 1, 192, 0, 2, 2, 0x9C, 0x40, 1, 187])

        let first = ProxyHeader.Source.address(try #require(IPAddress("192.0.2.1")), port: 40_000)
        let second = ProxyHeader.Source.address(try #require(IPAddress("2001:db8::1")), port: 80)
        #expect(read(v4 + [1, 2]) == .header(ProxyHeader(source: first), rest: 2))
        #expect(read(v6) == .header(ProxyHeader(source: second), rest: 0))
        #expect(read(unix) == .header(ProxyHeader(source: .unix(path: "/run/client")), rest: 0))
        #expect(read(datagrams) == .header(ProxyHeader(source: first), rest: 0))
    }

    @Test func version2_mayNotKnow() {
        #expect(read(version2(0x20, 0x00, [])) == .header(ProxyHeader(), rest: 0))
        // Section 2.2: the family of LOCAL is ignored, whatever it is.
        #expect(read(version2(0x20, 0xFF, [1, 2, 3])) == .header(ProxyHeader(), rest: 0))
        #expect(read(version2(0x21, 0x00, [1, 2, 3])) == .header(ProxyHeader(), rest: 0))
    }

    @Test func version2_passesOverExtensions() throws {
        let source = ProxyHeader.Source.address(try #require(IPAddress("192.0.2.1")), port: 1)
        let authority = extensionField(0x02, Array("portal.example".utf8))
        let plain = version2(0x21, 0x11, Self.addresses + authority + extensionField(0x04, []))
        let secure = version2(0x21, 0x11, Self.addresses + extensionField(0x20, [1, 0, 0, 0, 0]) + authority)
        let notSecure = version2(0x21, 0x11, Self.addresses + extensionField(0x20, [0, 0, 0, 0, 0]))

        #expect(read(plain) == .header(ProxyHeader(source: source), rest: 0))
        #expect(read(secure) == .header(ProxyHeader(source: source, isSecure: true), rest: 0))
        #expect(read(notSecure) == .header(ProxyHeader(source: source), rest: 0))
    }

    @Test func version2_checksItsChecksum() throws {
        var header = version2(0x21, 0x11, Self.addresses + extensionField(0x03, [0, 0, 0, 0]))
        let checksum = crc32c(header)
        for position in 0..<4 { header[header.count - 4 + position] = UInt8(checksum >> (24 - 8 * position) & 0xFF) }
        // RFC 9260 appendix A: the check value of "123456789".
        #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
        #expect(read(header).isHeader)

        header[16] ^= 1
        #expect(read(header) == .failed(.corrupt))
    }

    @Test(
        arguments: [
            (0x11, 0x11, addresses), (0x22, 0x11, addresses), (0x31, 0x11, addresses), (0x21, 0x41, addresses),
            (0x21, 0x13, addresses), (0x21, 0x10, addresses), (0x21, 0x01, addresses), (0x21, 0xFF, addresses),
            (0x21, 0x11, [UInt8](addresses.dropLast())), (0x21, 0x21, addresses), (0x21, 0x31, addresses),
            (0x21, 0x11, addresses + [0x04]), (0x21, 0x11, addresses + [0x04, 0]),
            (0x21, 0x11, addresses + [0x04, 0, 1]), (0x21, 0x11, addresses + [0x04, 0xFF, 0xFF, 1]),
            (0x21, 0x11, addresses + [0x03, 0, 3, 1, 2, 3]), (0x21, 0x11, addresses + [0x20, 0, 1, 1]),
        ] as [(UInt8, UInt8, [UInt8])]
    )
    func brokenHeader_isRefused(command: UInt8, family: UInt8, content: [UInt8]) {
        #expect(read(version2(command, family, content)) == .failed(.malformed))
    }

    @Test func hugeHeader_isRefusedBeforeItArrives() {
        #expect(read(version2(0x20, 0, [])[..<14] + [0xFF, 0xFF]) == .failed(.tooLong))
    }

    @Test(arguments: 0..<8)
    func parse_neverTrapsAndNeverDependsOnCuts(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let seeds = [
            Array("PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\nGET".utf8), Array("PROXY UNKNOWN\r\n".utf8),
            version2(0x21, 0x11, Self.addresses + extensionField(0x20, [1, 0, 0, 0, 0])),
            version2(0x21, 0x21, [UInt8](repeating: 7, count: 36) + extensionField(0x03, [1, 2, 3, 4])),
            version2(0x20, 0, []),
        ]
        for round in 0..<3000 {
            var input = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let position = Int.random(in: 0..<input.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: input[position] = UInt8.random(in: 0...255, using: &random)
                case 1: input[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                default: input.insert(UInt8.random(in: 0...255, using: &random), at: position)
                }
            }
            // `read` itself compares the whole with every prefix.
            _ = read(input)
        }
    }

    private static let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2]
}

private enum Outcome: Equatable {
    case header(ProxyHeader, rest: Int)
    case unfinished
    case failed(ProxyHeader.Failure)

    var isHeader: Bool {
        if case .header = self { return true }
        return false
    }
}

/// Reads the whole input, and checks that growing prefixes come to the same end.
private func read(_ input: [UInt8]) -> Outcome {
    let whole = readOnce(input[...], of: input.count)
    var piecemeal = Outcome.unfinished
    for end in 0...input.count {
        piecemeal = readOnce(input[..<end], of: input.count)
        if piecemeal != .unfinished { break }
    }
    #expect(piecemeal == whole, "\(input)")
    return whole
}

private func readOnce(_ input: ArraySlice<UInt8>, of count: Int) -> Outcome {
    do throws(ProxyHeader.Failure) {
        var consumed = 0
        guard let header = try ProxyHeader.parse(input.span, consumed: &consumed) else { return .unfinished }
        return .header(header, rest: count - consumed)
    } catch {
        return .failed(error)
    }
}

private func version2(_ command: UInt8, _ family: UInt8, _ content: [UInt8]) -> [UInt8] {
    let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    return signature + [command, family, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
}

private func extensionField(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
}

/// Bit by bit, so that it shares nothing with the table of the parser.
private func crc32c(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78 }
    }
    return ~value
}
