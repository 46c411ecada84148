extension PortalLimits {
    /// Quotas.
    public struct Quotas: Sendable {
        /// The largest amount of one dimension that one vcluster or one limit may have: 2⁵⁰ pieces, millicores or bytes.
        ///
        /// So that the counters of the root, which are 64 bits, hold the sum of thousands of the largest.
        public static let amountMax: Int64 = 1 << 50
        /// The largest limit of one dimension.
        ///
        /// Eight of them, or one with overcommit, are beyond 64 bits: sums of limits are clamped to the largest number
        /// wherever they are made (`quota_slices`, `QuotaReportQueries.slices`, `QuotaSlices`).
        public static let limitMax: Int64 = 1 << 60
        /// How many extended resources one spec or one tenant may name.
        public static let extendedMax = 16

        /// How many dimensions one tenant can have to do with: the built-in ones, and the extended ones of its subtree.
        public static let dimensionsMax = 256
        /// How many rows of users' shares a preview of a move reads.
        public static let ownerRowsMax = 10_000
        /// How many names of people an error gives.
        public static let contactsMax = 3

        /// The longest reason of a loan, in characters.
        public static let loanReasonLengthMax = 200
        /// How many drifted counters an answer shows.
        static let driftShownMax = 100

        /// How long a loan may last.
        public var loanMax: Duration = .seconds(366 * 86400)
        /// How many open loans a tenant may have.
        public var loansOpenMax = 50
        /// How long the sweeper of holds and loans rests between two passes.
        public var sweepPause: Duration = .seconds(5)
        /// How long the reconciler rests between two passes (`PORTAL_QUOTA_RECONCILE_SECONDS`).
        public var reconcileInterval: Duration = .seconds(300)
        /// How many counters one pass repairs.
        public var driftMax = 1000
        /// How old the report of a host on a vcluster may become before it is compared again.
        public var reportInterval: Duration = .seconds(600)
        /// How many vclusters one pass compares with their hosts.
        public var reportBatch = 200
        /// How long the preemptor rests between two passes.
        public var preemptPause: Duration = .seconds(5)
        /// How many batch vclusters one pass suspends.
        public var preemptBatch = 20
        /// How many expired holds or ended loans one pass ends.
        public var holdBatch = 200

        /// The defaults.
        public init() {}
    }
}
