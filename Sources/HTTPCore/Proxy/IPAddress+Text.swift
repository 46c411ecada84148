extension IPAddress: CustomStringConvertible {
    /// Reads a numeric address.
    ///
    /// - Parameter text: Four decimal numbers without leading zeros, or the forms of RFC 4291 section 2.2 without a
    ///   zone; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(Self.textBytesMax + 1))
        guard bytes.count <= Self.textBytesMax else { return nil }
        if bytes.contains(ASCII.colon) {
            self.init(v6Text: bytes)
        } else {
            guard let bits = Self.v4(bytes[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    /// The canonical text (RFC 5952); IPv4 as four decimal numbers.
    public var description: String {
        if isV4 {
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".")
        }
        let groups = (0..<8).map { group($0) }
        guard let zeros = Self.longestZeros(groups) else { return Self.hex(groups[...]) }
        return Self.hex(groups[..<zeros.lowerBound]) + "::" + Self.hex(groups[zeros.upperBound...])
    }

    /// `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
    private static let textBytesMax = 45

    private func group(_ index: Int) -> UInt16 {
        let half = index < 4 ? high : low
        return UInt16(truncatingIfNeeded: half >> UInt64(48 - index % 4 * 16))
    }

    private static func hex(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of zero groups; a single one is not shortened (RFC 5952 section 4.2).
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(1, best?.count ?? 0) { best = start..<end }
            start = end + 1
        }
        return best
    }

    private init?(v6Text bytes: [UInt8]) {
        var rest = bytes[...]
        var groups: [UInt16] = []
        var gap: Int?
        if rest.starts(with: [ASCII.colon, ASCII.colon]) {
            (gap, rest) = (0, rest.dropFirst(2))
        }
        while !rest.isEmpty {
            let end = rest.firstIndex(of: ASCII.colon) ?? rest.endIndex
            if end == rest.endIndex, rest.contains(Self.dot) {
                guard let bits = Self.v4(rest) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
                break
            }
            guard let group = Self.group(rest[..<end]), groups.count < 8 else { return nil }
            groups.append(group)
            guard end < rest.endIndex else { break }
            rest = rest[(end + 1)...]
            if rest.first == ASCII.colon {
                guard gap == nil else { return nil }
                (gap, rest) = (groups.count, rest.dropFirst())
            } else if rest.isEmpty {
                return nil
            }
        }
        if let gap {
            // The gap stands for at least one group.
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        self.init(high: Self.joined(groups[..<4]), low: Self.joined(groups[4...]))
    }

    private static let dot = UInt8(ascii: ".")

    private static func joined(_ groups: ArraySlice<UInt16>) -> UInt64 {
        groups.reduce(0) { $0 << 16 | UInt64($1) }
    }

    private static func group(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            guard let nibble = ASCII.hexValue(digit) else { return nil }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }

    /// Reads four decimal numbers; a leading zero is refused, because some readers take it for octal.
    private static func v4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != ASCII.zero else { return nil }
            guard part.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }) else { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - ASCII.zero) }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }
}
