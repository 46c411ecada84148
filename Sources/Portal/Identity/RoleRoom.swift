import Postgres

/// Keeps the roles that somebody holds below what is read of a caller.
///
/// What is not read does not count: its holder would be shut out where it was given, and who has to have every permission
/// of an account before they act as it would be asked for too few of them.
enum RoleRoom {
    /// Waits for all others who give roles or put somebody into a group, until the end of the transaction.
    ///
    /// A role that is given to a group is given to everybody in it, so a lock on one holder alone would not do.
    ///
    /// - Throws: `PostgresError`.
    static func lock(_ transaction: PortalTransaction) async throws {
        try await transaction.elevated(for: .inheritedRoles).query(TenantQueries.lockRoot())
    }

    /// How many more roles a user may have; not below 0.
    ///
    /// - Throws: `PostgresError`.
    static func left(
        for userID: UserID,
        limits: PortalLimits.Identity,
        in transaction: PortalTransaction
    ) async throws -> Int {
        let query = MemberQueries.countRoles(of: .user(userID))
        let row = try await transaction.elevated(for: .inheritedRoles).query(query).first
        return max(0, limits.bindingsPerUserMax - (try row?.decode("roles", as: Int.self) ?? 0))
    }

    /// Refuses what was given just now when it is too much for its holder, or for somebody in a group.
    ///
    /// - Throws: `PortalError` `.conflict`; `PostgresError`.
    static func require(
        for subject: RoleSubject,
        limits: PortalLimits.Identity,
        in transaction: PortalTransaction
    ) async throws {
        let row = try await transaction.elevated(for: .inheritedRoles).query(MemberQueries.countRoles(of: subject))
            .first
        let held = try row?.decode("roles", as: Int.self) ?? 0
        let rolesMax = subject.tokenID == nil ? limits.bindingsPerUserMax : limits.bindingsPerTokenMax
        guard held > rolesMax else { return }
        let holder =
            switch subject {
            case .user: "The account"
            case .group: "The group or somebody in it"
            case .token: "The token"
            }
        throw PortalError(
            .conflict,
            "\(holder) would have more than \(rolesMax) roles, which is the most. Take roles that are not needed first."
        )
    }

    /// All roles of rows that were asked for with one more than `rolesMax`.
    ///
    /// - Throws: `PortalError` `.conflict` when there are more: what cannot be seen whole is not judged; `PostgresError`.
    static func all(of rows: [PostgresRow], rolesMax: Int) throws -> [RoleBinding] {
        guard rows.count <= rolesMax else {
            throw PortalError(
                .conflict,
                "There are more than \(rolesMax) roles to look at. Take those that are not needed first."
            )
        }
        return try rows.compactMap { try RoleBinding(row: $0) }
    }
}
