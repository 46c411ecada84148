/// How much work one password hash takes (RFC 7914): memory is `128 × 2^costExponent × blockSize` bytes.
public struct ScryptCost: Sendable, Hashable {
    /// The binary logarithm of N.
    public let costExponent: Int
    /// r.
    public let blockSize: Int
    /// p.
    public let parallelism: Int

    /// What new passwords get: N = 2¹⁵, r = 8, p = 1, so 32 MiB and some 100 ms.
    public static let standard = ScryptCost(unchecked: 15, 8, 1)

    /// Too little for anything but tests, where hundreds of users sign in.
    public static let minimal = ScryptCost(unchecked: 4, 8, 1)

    /// A cost within the bounds that this process is ready to pay for a stored hash; nil outside of them.
    public init?(costExponent: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(costExponent), (1...16).contains(blockSize), (1...4).contains(parallelism) else {
            return nil
        }
        self.init(unchecked: costExponent, blockSize, parallelism)
    }

    private init(unchecked costExponent: Int, _ blockSize: Int, _ parallelism: Int) {
        self.costExponent = costExponent
        self.blockSize = blockSize
        self.parallelism = parallelism
    }
}
