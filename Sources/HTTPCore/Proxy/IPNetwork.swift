/// A range of addresses in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3).
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    private let address: IPAddress
    /// Of the 128 bits in which both families are kept.
    private let prefixBits: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address.
    ///
    /// - Parameter text: `nil` when it is malformed or has bits set behind the prefix: then somebody meant something
    ///   else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        let (bitsMax, offset) = address.isV4 ? (32, 96) : (128, 0)
        var bits = bitsMax
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.count == 1 || digits.first != ASCII.zero else { return nil }
            guard digits.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }), let value = Int(parts[1]) else {
                return nil
            }
            bits = value
        }
        guard bits <= bitsMax else { return nil }
        self.address = address
        prefixBits = offset + bits
        guard Self.masked(address, prefixBits) == address else { return nil }
    }

    /// Whether an address of the same family lies in the range.
    public func contains(_ candidate: IPAddress) -> Bool {
        candidate.isV4 == address.isV4 && Self.masked(candidate, prefixBits) == address
    }

    private static func masked(_ address: IPAddress, _ bits: Int) -> IPAddress {
        // A smart shift by 64 or more gives 0, so the ends need no case of their own.
        let high = address.high & ~(UInt64.max >> UInt64(min(bits, 64)))
        let low = address.low & ~(UInt64.max >> UInt64(max(0, bits - 64)))
        return IPAddress(high: high, low: low)
    }

    /// Address and number of bits.
    public var description: String {
        "\(address)/\(address.isV4 ? prefixBits - 96 : prefixBits)"
    }
}
