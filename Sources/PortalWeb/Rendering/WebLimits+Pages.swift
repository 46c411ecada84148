extension WebLimits {
    /// The bounds of pages.
    ///
    /// They are a matter of what fits on a page, so they are not configured.
    enum Pages {
        /// Vclusters and operations in each list of the overview.
        static let overviewRowsMax = 8

        /// Events and operations on the page of a vcluster; older ones are on the API.
        static let historyRowsMax = 20

        /// Lines of an operation's log that its page shows, the newest ones; older ones are on the API.
        static let logLinesMax = 2_000

        /// Pages back that the address of a list remembers.
        static let trailMax = 20

        /// Tenants of one level in the tree of tenants; more are on the page of the one above them.
        static let treeSiblingsMax = 25

        /// Places that the page for moving a tenant offers at a time.
        static let placesMax = 20

        /// Roles that begin or end, listed by name before a move.
        static let movedRolesMax = 12

        /// Characters of a name that is looked for.
        static let searchCharactersMax = 100

        /// Characters of one value in the wizard; labels are the longest.
        static let inputCharactersMax = 4_000

        /// Extended resources on the page of a tenant, and those without a limit in the form of its limits.
        static let extendedRowsMax = 20

        /// Characters of an amount in a form of limits.
        static let amountCharactersMax = 40
        /// The longest name of a resource in a form: a DNS subdomain, a slash, and a label.
        static let resourceCharactersMax = 253 + 1 + 63

        /// Bytes of a path that a form may come back to.
        static let pathBytesMax = 2_000
    }
}
