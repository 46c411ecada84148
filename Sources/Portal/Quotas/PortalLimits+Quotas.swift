extension PortalLimits {
    /// Quotas.
    public struct Quotas: Sendable {
        /// The largest amount of one dimension that one vcluster or one limit may have: 2⁵⁰ pieces, millicores or bytes.
        ///
        /// So that the counters of the root, which are 64 bits, hold the sum of thousands of the largest.
        public static let amountMax: Int64 = 1 << 50
        /// The largest limit of one dimension, so that sums of children's limits stay within 64 bits.
        public static let limitMax: Int64 = 1 << 60
        /// How many extended resources one spec or one tenant may name.
        public static let extendedMax = 16

        /// How many dimensions one tenant can have to do with: the built-in ones, and the extended ones of its subtree.
        public static let dimensionsMax = 256
        /// How many rows of users' shares a preview of a move reads.
        public static let ownerRowsMax = 10_000
        /// How many names of people an error gives.
        public static let contactsMax = 3

        /// How many expired holds one pass ends.
        public var holdBatch = 200
        /// How long a hold may last.
        public var holdMax: Duration = .seconds(30 * 86400)

        /// The defaults.
        public init() {}
    }
}
