import FoundationEssentials
import JSON
import Postgres

extension TenantService {
    /// A page of those who have a role at a tenant, given there or inherited, by e-mail.
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
        let cursor = try page.cursor(list: "members", count: 3).map { cursor in
            MemberCursor(email: cursor.keys[0], role: cursor.keys[1], tenantID: try cursor.id(at: 2))
        }
        let rows = try await database.elevated(for: .inheritedRoles).query(
            MemberQueries.page(onPath: tenant.path, after: cursor, rowsMax: page.rowsMax)
        )
        return Page(rows: try rows.map { try Member(row: $0, visibleTo: caller) }, request: page) { member in
            PageCursor(list: "members", keys: [member.email, member.role.rawValue, member.tenantID.description])
        }
    }

    /// Gives a user a role at a tenant and so in its subtree; giving it again changes nothing.
    ///
    /// Nobody can give more than they have: every permission of the role has to be the caller's own there.
    ///
    /// - Throws: `PortalError` `.notFound` for the tenant or the user, `.forbidden`; `PostgresError`.
    public func addMember(_ userID: UserID, role: Role, to id: TenantID, as caller: Caller) async throws {
        try await change(userID, role: role, at: id, as: caller) { transaction, user, now in
            let added = try await transaction.execute(
                MemberQueries.insert(userID, role: role, tenantID: id, createdBy: caller.userID, at: now)
            )
            return added > 0 ? "member.add" : nil
        }
    }

    /// Gives the user with an e-mail a role at a tenant.
    ///
    /// - Throws: As `addMember(_:role:to:as:)`; `.invalidArgument` on `email` when there is no such user.
    public func addMember(email: String, role: Role, to id: TenantID, as caller: Caller) async throws {
        // The permission first: who may not give roles here does not learn who has an account.
        _ = try await Self.find(TenantQueries.byID(id), requiring: .membersManage, as: caller, in: database.as(caller))
        guard let row = try await database.as(caller).query(UserQueries.byEmail(email.trimmed.lowercased())).first
        else {
            throw PortalError.invalid(
                "email",
                FieldErrorCode.notFound,
                "belongs to no account; an admin can create one"
            )
        }
        try await addMember(try User(row: row).id, role: role, to: id, as: caller)
    }

    /// Takes a role that was given at this tenant; an inherited one has to be taken where it was given.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` for the last admin of the organization;
    ///   `PostgresError`.
    public func removeMember(_ userID: UserID, role: Role, from id: TenantID, as caller: Caller) async throws {
        try await change(userID, role: role, at: id, as: caller) { transaction, user, now in
            let removed = try await transaction.execute(MemberQueries.delete(userID, role: role, tenantID: id))
            guard removed > 0 else { throw PortalError.notFound("member of this tenant") }
            guard role == .admin else { return "member.remove" }
            let row = try await transaction.query(MemberQueries.countActive(role: .admin, tenantID: id)).first
            let tenant = try await Self.find(
                TenantQueries.byID(id),
                requiring: .tenantsRead,
                as: caller,
                in: transaction
            )
            if tenant.parentID == nil, try row?.decode("members", as: Int.self) == 0 {
                throw PortalError(
                    .conflict,
                    "This is the last admin of the organization. Make somebody else an admin first."
                )
            }
            return "member.remove"
        }
    }

    /// The frame of both changes; `body` does one and names it for the audit log, nil when nothing changed.
    private func change(
        _ userID: UserID,
        role: Role,
        at id: TenantID,
        as caller: Caller,
        _ body: @escaping @Sendable (PortalTransaction, User, Date) async throws -> String?
    ) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            // Exclusive, so that two admins cannot remove each other at the same time.
            let tenant = try await Self.find(
                TenantQueries.byIDForUpdate(id),
                requiring: .membersManage,
                as: caller,
                in: transaction
            )
            let own = caller.permissions(onPath: tenant.path)
            if let missing = Permission.allCases.first(where: { role.permissions.contains($0) && !own.contains($0) }) {
                throw PortalError.forbidden(missing)
            }
            guard let row = try await transaction.query(UserQueries.byID(userID)).first else {
                throw PortalError.notFound("user")
            }
            let user = try User(row: row)
            guard let verb = try await body(transaction, user, now) else { return }
            var entry = AuditEntry(verb, of: .tenant(tenant))
            let subject: JSONValue = ["email": .string(user.email), "role": .string(role.rawValue)]
            if verb == "member.add" { entry.after = subject } else { entry.before = subject }
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}
