/// FNV-1a, 64 bits, by Fowler, Noll and Vo: tells versions of our own files apart.
///
/// Not a defence against an attacker, who cannot choose these files.
struct ContentHash: Sendable, Hashable {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of bytes.
    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
