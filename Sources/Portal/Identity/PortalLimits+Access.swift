extension PortalLimits {
    /// Roles, groups, who holds them, invitations and service accounts.
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

        /// How many invitations into one tenant may wait for an answer.
        public var openInvitationsPerTenantMax = 200
        /// How long an invitation can be answered.
        public var invitationLifetime: Duration = .seconds(7 * 86400)
        /// How long a link that resets a password works.
        public var passwordResetLifetime: Duration = .seconds(24 * 3600)
        /// How long the record of a link is kept after its end.
        public var linkRetention: Duration = .seconds(90 * 86400)
        /// How many service accounts a tenant may have.
        public var serviceAccountsPerTenantMax = 200

        /// The defaults.
        public init() {}
    }
}
