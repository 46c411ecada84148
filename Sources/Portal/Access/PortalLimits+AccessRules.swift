extension PortalLimits {
    /// Access rules.
    public enum AccessRules {
        /// The longest name, in characters.
        public static let nameLengthMax = 100
        /// The longest description, in characters.
        public static let descriptionLengthMax = 1_000
        /// How many rules a tenant may have; a path has so many times its depth at most.
        public static let perTenantMax = 100
        /// How many hosts a condition may name.
        public static let hostsMax = 50
        /// How many of the rules that bind somebody or something an answer lists.
        public static let shownMax = 100
        /// How many groups of somebody are looked at.
        public static let groupsPerUserMax = 1_000
        /// How many roles of somebody on one path are looked at.
        public static let rolesPerUserMax = 100
    }
}
