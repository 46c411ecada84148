/// An IPv4 or IPv6 address as a number.
///
/// An IPv4 address is kept as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), so that the two spellings in which a socket
/// may show one host are equal.
public struct IPAddress: Sendable, Hashable {
    /// The first 64 bits; of an IPv6 address the network of one site or household.
    let high: UInt64
    /// The last 64 bits.
    let low: UInt64

    private static let mappedPrefix: UInt64 = 0xFFFF

    /// An address of its two halves.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address of its 32 bits.
    init(v4 bits: UInt32) {
        self.init(high: 0, low: Self.mappedPrefix << 32 | UInt64(bits))
    }

    /// An address of 4 or 16 bytes in network order; `nil` for other counts.
    init?(bytes: Span<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for position in bytes.indices {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(bytes[position])
        }
        self = bytes.count == 4 ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low)
    }

    /// Whether this is an IPv4 address.
    public var isV4: Bool { high == 0 && low >> 32 == Self.mappedPrefix }

    /// What counts as one client: an IPv4 address itself, of an IPv6 address its /64, because whoever has one address
    /// there has all of them.
    public var clientGroup: IPAddress { isV4 ? self : IPAddress(high: high, low: 0) }
}
