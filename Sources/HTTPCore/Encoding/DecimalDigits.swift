/// The decimal text of a number, without a string.
struct DecimalDigits {
    /// Digits from the end, the last of the 20 that the largest number needs in front.
    private var storage: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private let start: Int

    /// The digits of a number, without leading zeros.
    init(_ number: UInt64) {
        var position = MemoryLayout<(UInt64, UInt64, UInt64)>.size
        var rest = number
        withUnsafeMutableBytes(of: &storage) { bytes in
            repeat {
                position -= 1
                bytes[position] = ASCII.zero + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
        }
        start = position
    }

    /// Lends the digits as ASCII.
    func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        withUnsafeBytes(of: storage) { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[start...]).assumingMemoryBound(to: UInt8.self))
        }
    }
}
