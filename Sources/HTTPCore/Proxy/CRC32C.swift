/// The cyclic redundancy check of RFC 9260 appendix A (Castagnoli's polynomial).
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78 }
    }

    /// The checksum of bytes, those of one range taken as zero.
    static func checksum(_ bytes: Span<UInt8>, zeroing hole: Range<Int>) -> UInt32 {
        var value = UInt32.max
        for position in bytes.indices {
            let byte = hole.contains(position) ? 0 : bytes[position]
            value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
        }
        return ~value
    }
}
