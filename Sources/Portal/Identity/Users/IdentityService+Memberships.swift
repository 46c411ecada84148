import Postgres

extension IdentityService {
    /// The roles of somebody's account with the names of their tenants, from the root down.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`; `PostgresError`.
    public func memberships(of id: UserID, as caller: Caller) async throws -> [Membership] {
        let user = try await getUser(id, as: caller)
        return try await visibleMemberships(of: user.id, as: caller)
    }

    /// The roles of a service account with the names of their tenants, from the root down: those at tenants that the
    /// caller sees.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read` at its tenant; `PostgresError`.
    public func memberships(ofServiceAccount id: UserID, as caller: Caller) async throws -> [Membership] {
        let account = try await getServiceAccount(id, as: caller)
        return try await visibleMemberships(of: account.id, as: caller)
    }

    private func visibleMemberships(of id: UserID, as caller: Caller) async throws -> [Membership] {
        let rows = try await database.as(caller).query(
            CallerQueries.memberships(of: id, rowsMax: limits.identity.bindingsPerUserMax),
            idempotent: true
        )
        return try rows.compactMap { try Membership(row: $0) }
    }
}

extension Membership {
    /// Reads the columns of `CallerQueries.memberships` and `GroupQueries.memberships`; nil for a row without a tenant.
    init?(row: PostgresRow) throws {
        guard let binding = try RoleBinding(row: row) else { return nil }
        self.init(
            tenantID: binding.tenantID,
            tenantName: try row.decode("tenant_name"),
            tenantPath: binding.tenantPath,
            binding: binding,
            groupName: try row.decode("group_name")
        )
    }
}
