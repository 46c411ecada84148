extension PortalLimits {
    /// Approvals.
    public struct Approvals: Sendable {
        /// The longest name of a policy, in characters.
        public static let nameLengthMax = 100
        /// The longest description of a policy, in characters.
        public static let descriptionLengthMax = 1_000
        /// The longest comment on a request, in characters.
        public static let commentLengthMax = 2_000
        /// How many policies a tenant may have; a path has so many times its depth at most.
        public static let perTenantMax = 50
        /// The most steps of a policy.
        public static let stepsMax = 5
        /// The most people that one step may need.
        public static let quorumMax = 10
        /// How many people a step may name.
        public static let usersPerStepMax = 20
        /// How many hosts, and how many templates, a condition may name.
        public static let referencesMax = 50
        /// The largest place in the order of a tenant's policies.
        public static let positionMax = 1_000_000
        /// How long a request waits when the policy does not say, in hours.
        public static let expiryHoursDefault = 168
        /// The longest that a request may wait, in hours.
        public static let expiryHoursMax = 2_160
        /// The longest that a request may hold quota, in hours.
        public static let holdHoursMax = 720
        /// How many entries an answer shows of one request: the newest.
        public static let entriesMax = 200
        /// How many names of those who are asked an answer gives.
        public static let peopleShownMax = 20
        /// The largest number that counts of open requests tell.
        public static let countMax = 100

        /// The largest number that the metric of waiting requests tells.
        static let waitingCountMax = 10_000

        /// How many requests of one person may wait at a time.
        public var pendingPerUserMax = 100
        /// How many comments a request may have.
        public var commentsMax = 100
        /// How long the sweeper of requests rests between two passes.
        public var sweepPause: Duration = .seconds(5)
        /// How many requests one pass lets expire.
        public var sweepBatch = 200

        /// The defaults.
        public init() {}
    }
}
