import Postgres

extension IdentityService {
    /// The roles of somebody's account with the names of their tenants, from the root down.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`; `PostgresError`.
    public func memberships(of id: UserID, as caller: Caller) async throws -> [Membership] {
        let user = try await getUser(id, as: caller)
        let rowsMax = limits.identity.bindingsPerUserMax
        let rows = try await database.as(caller).query(
            CallerQueries.memberships(of: user.id, rowsMax: rowsMax),
            idempotent: true
        )
        return try rows.compactMap { row in
            guard let binding = try RoleBinding(row: row) else { return nil }
            return Membership(
                tenantID: binding.tenantID,
                tenantName: try row.decode("tenant_name"),
                tenantPath: binding.tenantPath,
                binding: binding,
                groupName: try row.decode("group_name")
            )
        }
    }
}
