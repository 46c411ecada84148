extension PortalLimits {
    /// Roles, groups and who holds them.
    public struct Access: Sendable {
        /// The longest name of a role or group, in characters.
        public static let nameLengthMax = 64
        /// The longest description of a role or group, in characters.
        public static let descriptionLengthMax = 500
        /// The longest id of a group at an identity provider, in characters.
        public static let externalIDLengthMax = 255

        /// How many custom roles may be made at one tenant.
        public var rolesPerTenantMax = 200
        /// How many groups may be made at one tenant.
        public var groupsPerTenantMax = 1_000
        /// How many users a group may have.
        public var membersPerGroupMax = 10_000
        /// How many groups of a claim of an identity provider are looked at.
        public var groupsPerClaimMax = 500

        /// The defaults.
        public init() {}
    }
}
