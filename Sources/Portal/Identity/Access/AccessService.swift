import FoundationEssentials
public import Postgres

/// What a caller may do at a tenant, and who else may, and why.
public struct AccessService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database)
        self.time = time
        self.limits = limits
    }

    /// What the caller may do at a tenant, with the roles that permit it and the rules that may refuse it; without one, what
    /// they may do that concerns the organization as a whole.
    ///
    /// - Throws: `PortalError` `.notFound` for a tenant that the caller cannot see; `PostgresError`.
    public func own(at tenantID: TenantID?, as caller: Caller) async throws -> OwnAccess {
        guard let tenantID else {
            let held = Permission.allCases.filter { $0.scope != .tenant && caller.has($0) }
            return OwnAccess(tenantID: nil, permissions: Set(held), bindings: caller.bindings)
        }
        let tenant = try await TenantService.find(
            TenantQueries.byID(tenantID),
            requiring: .tenantsRead,
            as: caller,
            in: database.as(caller)
        )
        let permissions = caller.permissions(onPath: tenant.path)
        let rules = try await ownRules(onPath: tenant.path, permissions, as: caller)
        let shown = rules.prefix(PortalLimits.AccessRules.shownMax)
        return OwnAccess(
            tenantID: tenantID,
            permissions: permissions,
            bindings: caller.bindings.filter { $0.covers(tenant.path) },
            rules: Array(shown),
            rulesOmitted: rules.count - shown.count
        )
    }

    /// The rules that bind what the caller may do on a path, root first.
    private func ownRules(
        onPath path: [TenantID],
        _ permissions: Set<Permission>,
        as caller: Caller
    ) async throws -> [AccessRestriction] {
        // Nothing binds the portal itself, and nobody in what they may not do anyway.
        guard !caller.isSystem, !permissions.isDisjoint(with: Permission.ruled) else { return [] }
        let elevated = database.elevated(for: .accessRules)
        let rules = try await AccessGuard.rules(onPath: path, in: elevated)
        guard !rules.isEmpty else { return [] }
        let actor = try await AccessActor.of(caller, limits: limits, in: elevated)
        let now = time.now()
        return rules.filter { !permissions.isDisjoint(with: $0.content.permissions) && $0.binds(actor, onPath: path) }
            .map { AccessRestriction(rule: $0, outlook: $0.content.outlook(at: now)) }
    }

    /// A page of those who have a permission at a tenant, each with the chain that gives it, by e-mail.
    ///
    /// A permission on the organization as a whole counts only where it is held at the root. Each chain comes with the
    /// access rules that bind whom it leads to.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func holders(
        of permission: Permission,
        at tenantID: TenantID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<AccessGrant> {
        let tenant = try await TenantService.find(
            TenantQueries.byID(tenantID),
            requiring: .membersRead,
            as: caller,
            in: database.as(caller)
        )
        let cursor = try page.cursor(list: "access", count: 3).map { cursor in
            AccessCursor(
                email: cursor.keys[0],
                userID: try cursor.id(at: 1),
                bindingID: try cursor.id(at: 2)
            )
        }
        let query = AccessQueries.page(
            permission,
            builtIn: Role.allCases.filter { $0.permissions.contains(permission) },
            onPath: permission.scope == .organization ? Array(tenant.path.prefix(1)) : tenant.path,
            at: time.now(),
            after: cursor,
            rowsMax: page.rowsMax
        )
        // The chains begin at tenants that the caller may not see; `AccessGrant` leaves the names of those out.
        let rows = try await database.elevated(for: .inheritedRoles).query(query, idempotent: true)
        let grants = try rows.map { try AccessGrant(row: $0, visibleTo: caller) }
        let bound = try await bound(grants, onUseOf: permission, onPath: tenant.path)
        return Page(rows: bound, request: page) { grant in
            PageCursor(
                list: "access",
                keys: [grant.subject.email, grant.subject.userID.description, grant.bindingID.description]
            )
        }
    }
    /// Grants with the rules that bind their subjects.
    private func bound(
        _ grants: [AccessGrant],
        onUseOf permission: Permission,
        onPath path: [TenantID]
    ) async throws -> [AccessGrant] {
        guard Permission.ruled.contains(permission), !grants.isEmpty else { return grants }
        let elevated = database.elevated(for: .accessRules)
        let rules = try await AccessGuard.rules(onPath: path, in: elevated).filter(\.content.isEnabled)
        guard !rules.isEmpty else { return grants }
        let ids = Set(grants.map(\.subject.userID)).sorted()
        let rows = try await elevated.pipeline([
            AccessQueries.roles(of: ids, onPath: path, rowsMax: ids.count * PortalLimits.AccessRules.rolesPerUserMax),
            AccessQueries.groups(of: ids, rowsMax: ids.count * PortalLimits.AccessRules.groupsPerUserMax),
        ])
        var bindings: [UserID: [RoleBinding]] = [:]
        for row in rows[0] {
            guard let binding = try RoleBinding(row: row) else { continue }
            bindings[try row.decode("user_id"), default: []].append(binding)
        }
        var groups: [UserID: Set<GroupID>] = [:]
        for row in rows[1] { groups[try row.decode("user_id"), default: []].insert(try row.decode("group_id")) }
        let now = time.now()
        return grants.map { grant in
            let id = grant.subject.userID
            var actor = AccessActor(userID: id, bindings: bindings[id] ?? [], groupIDs: groups[id] ?? [])
            if grant.subject.token != nil { actor = actor.holding(grant.role, onPath: path) }
            let rules = AccessRestriction.all(of: rules, on: permission, for: actor, onPath: path, at: now)
            return grant.bound(by: rules)
        }
    }
}
