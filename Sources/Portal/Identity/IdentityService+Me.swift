import JSON
import Postgres

extension IdentityService {
    /// The caller's account as stored now.
    ///
    /// - Throws: `PortalError` `.notFound` for a part of the portal, which has none; `PostgresError`.
    public func me(as caller: Caller) async throws -> User {
        guard let row = try await database.as(caller).query(UserQueries.byID(caller.user.id), idempotent: true).first
        else {
            throw PortalError.notFound("user")
        }
        return try User(row: row)
    }

    /// The caller's roles, directly and through groups, with the names of their tenants, from the root down.
    ///
    /// - Throws: `PostgresError`.
    public func memberships(as caller: Caller) async throws -> [Membership] {
        let rowsMax = limits.identity.bindingsPerUserMax
        let rows = try await database.elevated(for: .authentication).query(
            CallerQueries.memberships(of: caller.user.id, rowsMax: rowsMax),
            idempotent: true
        )
        return try rows.compactMap { row in
            guard let stored = try RoleBinding(row: row) else { return nil }
            // A token that is for one tenant does not tell of others.
            let narrowed = caller.scope.map { $0.narrow([stored]) } ?? [stored]
            guard let binding = narrowed.first else { return nil }
            return Membership(
                tenantID: stored.tenantID,
                tenantName: try row.decode("tenant_name"),
                tenantPath: stored.tenantPath,
                binding: binding,
                groupName: try row.decode("group_name")
            )
        }
    }

    /// Changes the caller's name, language, theme, time zone and away days.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound`, `.forbidden` for a token that is not for everything;
    ///   `PostgresError`.
    public func updatePreferences(_ preferences: UserPreferences, as caller: Caller) async throws -> User {
        // A token that was made for something else shall not rename its owner.
        try Self.requireWhole(caller)
        return try await update(caller.user.id, as: caller) { $0 = preferences }
    }
}
