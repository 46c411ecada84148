import FoundationEssentials
import JSON
public import Postgres

/// The roles that can be given: the built-in ones, and custom ones that are made at a tenant.
///
/// A custom role can be given at its tenant and everywhere below; one made at the root holds for the organization.
/// Nobody can put a permission into a role that they do not have at the role's tenant, or take one out: then a change of
/// a role can give no holder of it, wherever they are, more than the one who changes it has there.
public struct RoleService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database)
        self.time = time
        self.limits = limits
    }

    /// A page of roles: first the built-in ones, then custom ones by time of creation.
    ///
    /// - Parameters:
    ///   - tenantID: Only those that can be given at this tenant; nil for all that the caller sees: what was made in
    ///     the subtrees they read, and above those.
    ///   - page: Which page.
    ///   - caller: Who asks.
    /// - Returns: The page.
    /// - Throws: `PortalError` `.notFound` for the tenant, `.invalidArgument` for a foreign page token; `PostgresError`.
    public func list(
        usableAt tenantID: TenantID? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<RoleDefinition> {
        let cursor = try page.cursor(list: "roles", count: 1)?.keys[0]
        let after = try cursor.map { text in
            guard let reference = RoleReference(text) else { throw PageCursor.invalidToken }
            return reference
        }
        var builtIn = Role.allCases[...]
        if let last = after {
            builtIn = last.builtIn.flatMap { builtIn.firstIndex(of: $0) }.map { builtIn[($0 + 1)...] } ?? []
        }
        var roles = builtIn.prefix(page.rowsMax).map { RoleDefinition($0) }
        let rowsMax = page.rowsMax - roles.count
        let query: SQL
        if let tenantID {
            let tenant = try await TenantService.find(
                TenantQueries.byID(tenantID),
                requiring: .tenantsRead,
                as: caller,
                in: database.as(caller)
            )
            query = RoleQueries.page(at: tenant.path, after: after?.customID, rowsMax: max(1, rowsMax))
        } else {
            let above = Set(caller.bindings.flatMap(\.tenantPath))
            query = RoleQueries.page(
                visibleTo: caller.visibility,
                above: above.sorted(),
                after: after?.customID,
                rowsMax: max(1, rowsMax)
            )
        }
        // Roles come down from tenants that the caller may not see.
        let rows = try await database.elevated(for: .inheritedRoles).query(query, idempotent: true)
        roles += try rows.prefix(rowsMax).map { try RoleDefinition(row: $0) }
        return Page(rows: roles, request: page) { PageCursor(list: "roles", keys: [$0.reference.description]) }
    }

    /// One role.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func get(_ reference: RoleReference, as caller: Caller) async throws -> RoleDefinition {
        switch reference {
        case .builtIn(let role): return RoleDefinition(role)
        case .custom(let id):
            return try await Self.find(RoleQueries.byID(id), as: caller, in: database.elevated(for: .inheritedRoles))
                .role
        }
    }

    /// Makes a role at a tenant.
    ///
    /// - Returns: The role, with the permissions that were added because others are of no use without them.
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound` and `.forbidden` for the tenant, `.forbidden` for a
    ///   permission that the caller does not have there, `.alreadyExists`, `.conflict` for too many; `PostgresError`.
    public func create(_ new: NewRole, at tenantID: TenantID, as caller: Caller) async throws -> RoleDefinition {
        let new = try new.checked()
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForShare(tenantID),
                    requiring: .rolesManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                try caller.requireAll(new.permissions, onPath: tenant.path)
                let count = try await transaction.query(RoleQueries.count(at: tenantID)).first
                guard try count?.decode("roles", as: Int.self) ?? 0 < limits.access.rolesPerTenantMax else {
                    throw PortalError(.conflict, "This tenant has as many roles as it may have. Remove one first.")
                }
                let id = RoleID()
                try await transaction.execute(
                    RoleQueries.insert(new, id: id, tenantID: tenantID, createdBy: caller.userID, at: now)
                )
                let role = try await Self.find(RoleQueries.byID(id), as: caller, in: transaction).role
                let entry = AuditEntry(.roleCreate, of: .role(role, path: tenant.path), after: role.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return role
            }
        }
    }

    /// Changes a role for everybody who holds it.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `roles.manage` at the role's tenant or for a permission
    ///   that is put in or taken out, `.conflict` for a built-in role, `.invalidArgument`, `.preconditionFailed`,
    ///   `.alreadyExists`; `PostgresError`.
    public func update(
        _ reference: RoleReference,
        ifMatch: String? = nil,
        as caller: Caller,
        _ change: @escaping @Sendable (inout NewRole) -> Void
    ) async throws -> RoleDefinition {
        let id = try Self.changeable(reference, by: caller)
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let (before, path) = try await Self.findToChange(id, as: caller, in: transaction)
                try before.etag.require(ifMatch: ifMatch)
                var new = NewRole(before)
                change(&new)
                let checked = try new.checked()
                guard checked != NewRole(before) else { return before }
                try caller.requireAll(checked.permissions.symmetricDifference(before.permissions), onPath: path)
                try await transaction.execute(RoleQueries.update(id, to: checked, at: now))
                let after = try await Self.find(RoleQueries.byID(id), as: caller, in: transaction).role
                let object = AuditObject.role(after, path: path)
                let entry = AuditEntry(.roleUpdate, of: object, before: before.json, after: after.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a role that nobody holds.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` for a built-in role and for
    ///   one that somebody holds; `PostgresError`.
    public func delete(_ reference: RoleReference, ifMatch: String? = nil, as caller: Caller) async throws {
        let id = try Self.changeable(reference, by: caller)
        let now = time.now()
        do {
            try await database.as(caller).transaction { transaction in
                let (role, path) = try await Self.findToChange(id, as: caller, in: transaction)
                try role.etag.require(ifMatch: ifMatch)
                try await transaction.execute(RoleQueries.delete(id))
                let entry = AuditEntry(.roleDelete, of: .role(role, path: path), before: role.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            }
        } catch let error as PostgresError where .foreignKeyViolation ~= error.sqlState {
            throw PortalError(
                .conflict,
                "Somebody holds this role. Take it from everybody first; the members of its tenants show who has it.",
                underlying: error
            )
        }
    }
}
