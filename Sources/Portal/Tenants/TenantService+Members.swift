import FoundationEssentials
import JSON
import Postgres

extension TenantService {
    /// A page of the roles that are held at a tenant, given there or inherited, by e-mail of users and name of others.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func members(of id: TenantID, _ page: PageRequest = .first, as caller: Caller) async throws -> Page<Member> {
        let tenant = try await Self.find(
            TenantQueries.byID(id),
            requiring: .membersRead,
            as: caller,
            in: database.as(caller)
        )
        let cursor = try page.cursor(list: "members", count: 2).map { cursor in
            MemberCursor(name: cursor.keys[0], id: try cursor.id(at: 1))
        }
        // Roles come down from tenants that the caller may not see; `Member` leaves the names of those out.
        let rows = try await database.elevated(for: .inheritedRoles).query(
            MemberQueries.page(onPath: tenant.path, after: cursor, rowsMax: page.rowsMax)
        )
        return Page(rows: try rows.map { try Member(row: $0, visibleTo: caller) }, request: page) { member in
            PageCursor(list: "members", keys: [member.sortName, member.id.description])
        }
    }

    /// Gives a user a built-in role; see `addMember(_:role:to:as:)`.
    public func addMember(_ userID: UserID, role: Role, to id: TenantID, as caller: Caller) async throws {
        try await addMember(.user(userID), role: .builtIn(role), to: id, as: caller)
    }

    /// Takes a built-in role from a user; see `removeMember(_:role:from:as:)`.
    public func removeMember(_ userID: UserID, role: Role, from id: TenantID, as caller: Caller) async throws {
        try await removeMember(.user(userID), role: .builtIn(role), from: id, as: caller)
    }

    /// Gives a user, a group or a token a role at a tenant and so in its subtree; giving it again changes nothing.
    ///
    /// Nobody can give more than they have: every permission of the role has to be the caller's own there.
    ///
    /// - Throws: `PortalError` `.notFound` for the tenant or the subject, `.forbidden`, `.invalidArgument` on `role` for
    ///   one that cannot be given there, `.conflict` for more roles than somebody may have; `PostgresError`.
    public func addMember(
        _ subject: RoleSubject,
        role: RoleReference,
        to id: TenantID,
        as caller: Caller
    ) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            // A custom role is good for its subtree only, so the tenant must not move away meanwhile.
            try await transaction.query(TenantQueries.shareTree)
            try await RoleRoom.lock(transaction)
            let change = try await MemberChange(of: id, subject, role, as: caller, in: transaction)
            try change.tenant.requireLive()
            let added = try await transaction.execute(
                MemberQueries.insert(subject, role: role, tenantID: id, createdBy: caller.userID, at: now)
            )
            guard added > 0 else { return }
            try await RoleRoom.require(for: subject, limits: limits.identity, in: transaction)
            let entry = AuditEntry(.memberAdd, of: .tenant(change.tenant), after: change.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// Gives the user with an e-mail a role at a tenant.
    ///
    /// - Throws: As `addMember(_:role:to:as:)`; `.invalidArgument` on `email` when there is no such user.
    public func addMember(email: String, role: RoleReference, to id: TenantID, as caller: Caller) async throws {
        // The permission first: who may not give roles here does not learn who has an account.
        _ = try await Self.find(
            TenantQueries.byID(id),
            requiring: .membersManage,
            as: caller,
            in: database.as(caller)
        )
        let row = try await database.elevated(for: .inheritedRoles).query(
            UserQueries.byEmail(email.trimmed.lowercased())
        ).first
        guard let row else {
            throw PortalError.invalid(
                "email",
                FieldErrorCode.notFound,
                "belongs to no account; invite the person or ask an admin to create one"
            )
        }
        try await addMember(.user(try User(row: row).id), role: role, to: id, as: caller)
    }

    /// Takes a role that was given at this tenant; an inherited one has to be taken where it was given.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` for the last admin of the organization;
    ///   `PostgresError`.
    public func removeMember(
        _ subject: RoleSubject,
        role: RoleReference,
        from id: TenantID,
        as caller: Caller
    ) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let admins = try await AdminGuard(locking: transaction)
            let change = try await MemberChange(of: id, subject, role, as: caller, in: transaction)
            let removed = try await transaction.execute(MemberQueries.delete(subject, role: role, tenantID: id))
            guard removed > 0 else { throw PortalError.notFound("member of this tenant") }
            try await admins.requireOne(in: transaction)
            let entry = AuditEntry(.memberRemove, of: .tenant(change.tenant), before: change.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}
