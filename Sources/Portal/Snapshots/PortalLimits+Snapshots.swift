extension PortalLimits {
    /// Snapshots of vclusters.
    public struct Snapshots: Sendable {
        /// The longest name, in characters; it is a DNS label.
        public static let nameLengthMax = 40
        /// The longest description, in characters.
        public static let descriptionLengthMax = 500
        /// The longest address of a storage, in bytes, its credentials included.
        public static let storageLengthMax = 8192
        /// How many snapshots a vcluster may have; one page shows all of them.
        public static let perVClusterMax = 20

        /// What a snapshot counts in the quotas while its size is not known, in bytes (`PORTAL_SNAPSHOT_ESTIMATE_MIB`).
        public var sizeEstimateBytes: Int64 = 1 << 30

        /// The defaults.
        public init() {}
    }
}
