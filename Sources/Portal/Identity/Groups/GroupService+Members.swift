import FoundationEssentials
import JSON
import Postgres

extension GroupService {
    /// A page of those who are in a group, by e-mail.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func members(
        of id: GroupID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<GroupMember> {
        let group = try await Self.find(
            GroupQueries.byID(id),
            requiring: .membersRead,
            as: caller,
            in: database.as(caller)
        )
        let after = try page.cursor(list: "groupMembers", count: 1)?.keys[0]
        let rows = try await database.as(caller).query(
            GroupQueries.members(of: group.id, after: after, rowsMax: page.rowsMax)
        )
        return Page(rows: try rows.map { try GroupMember(row: $0) }, request: page) { member in
            PageCursor(list: "groupMembers", keys: [member.email])
        }
    }

    /// The roles that a group holds with the names of their tenants, from the root down: those at tenants that the caller
    /// sees.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`; `PostgresError`.
    public func memberships(of id: GroupID, as caller: Caller) async throws -> [Membership] {
        let group = try await get(id, as: caller)
        let rows = try await database.as(caller).query(
            GroupQueries.memberships(of: group.id, rowsMax: limits.identity.bindingsPerUserMax),
            idempotent: true
        )
        return try rows.compactMap { try Membership(row: $0) }
    }

    /// Puts a user into a group; again changes nothing.
    ///
    /// - Throws: `PortalError` `.notFound` for the group or the user, `.forbidden` without `groups.manage` at the group's
    ///   tenant or without a permission that the group gives, `.conflict` for a full group and for more roles than the
    ///   user may have; `PostgresError`.
    public func addMember(_ userID: UserID, to id: GroupID, as caller: Caller) async throws {
        let now = time.now()
        try await change(userID, id, .groupAddMember, as: caller) { transaction in
            let count = try await transaction.query(GroupQueries.countMembers(of: id)).first
            guard try count?.decode("members", as: Int.self) ?? 0 < limits.access.membersPerGroupMax else {
                throw PortalError(.conflict, "The group has as many members as it may have.")
            }
            let statement = GroupQueries.addMember(userID, to: id, createdBy: caller.userID, at: now)
            guard try await transaction.execute(statement) > 0 else { return false }
            try await RoleRoom.require(for: .user(userID), limits: limits.identity, in: transaction)
            return true
        }
    }

    /// Puts the user with an e-mail into a group.
    ///
    /// - Throws: As `addMember(_:to:as:)`; `.invalidArgument` on `email` when there is no such user.
    public func addMember(email: String, to id: GroupID, as caller: Caller) async throws {
        // The permission first: who may not change the group does not learn who has an account.
        _ = try await Self.find(
            GroupQueries.byID(id),
            requiring: .groupsManage,
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
        try await addMember(try User(row: row).id, to: id, as: caller)
    }

    /// Takes a user out of a group.
    ///
    /// - Throws: `PortalError` `.notFound`, also for somebody who is not in it, `.forbidden` as for adding, `.conflict`
    ///   when that would leave the organization without an admin; `PostgresError`.
    public func removeMember(_ userID: UserID, from id: GroupID, as caller: Caller) async throws {
        try await change(userID, id, .groupRemoveMember, as: caller) { transaction in
            guard try await transaction.execute(GroupQueries.removeMember(userID, from: id)) > 0 else {
                throw PortalError.notFound("member of this group")
            }
            return true
        }
    }

    /// Makes a user a member of the groups that an identity provider names, and takes them out of those that it named
    /// before; those who were added by hand stay.
    ///
    /// For sign-in with an identity provider, in the transaction that starts the session, which records what is returned
    /// with its own rows: the chains of the audit log are locked once, at its end. One query when nothing changes.
    ///
    /// A group whose roles would be too many for the user is not entered; the sign-in goes on.
    ///
    /// - Parameters:
    ///   - provider: The provider, by its id; only groups that are tied to it count.
    ///   - externalIDs: The values of the claim; of more than `PortalLimits.Access.groupsPerClaimMax` the first count.
    ///   - user: Who signs in.
    ///   - transaction: A transaction that sees everything.
    /// - Returns: One row for each group that the user entered or left, and a refused one for each that was too much.
    /// - Throws: `PortalError` `.conflict` when that would leave the organization without an admin; `PostgresError`.
    func follow(
        _ provider: String,
        claim externalIDs: [String],
        for user: User,
        in transaction: PortalTransaction
    ) async throws -> [AuditEntry] {
        let groups = Array(externalIDs.prefix(limits.access.groupsPerClaimMax))
        let query = GroupQueries.providerChanges(
            of: user.id,
            provider: provider,
            externalIDs: groups,
            rowsMax: limits.access.groupsPerClaimMax
        )
        guard try await !transaction.query(query).isEmpty else { return [] }
        let admins = try await AdminGuard(locking: transaction)
        let now = time.now()
        var entries: [AuditEntry] = []
        var room = try await RoleRoom.left(for: user.id, limits: limits.identity, in: transaction)
        // Asked again under the lock: somebody may have changed the groups in between.
        for row in try await transaction.query(query) {
            let id: GroupID = try row.decode("group_id")
            let enters: Bool = try row.decode("enters")
            let roles: Int = try row.decode("roles")
            let isTooMuch = enters && roles > room
            if !isTooMuch {
                room += enters ? -roles : roles
                let leave = GroupQueries.leave(user.id, id)
                let enter = GroupQueries.enter(user.id, id, provider: provider, at: now)
                try await transaction.execute(enters ? enter : leave)
            }
            let object = AuditObject(
                kind: "group",
                id: id.description,
                name: try row.decode("group_name"),
                tenantPath: try row.decode("group_tenant_path")
            )
            var entry = AuditEntry(enters ? .groupAddMember : .groupRemoveMember, of: object)
            entry.after = ["email": .string(user.email), "source": .string(GroupMember.Source.provider.rawValue)]
            if isTooMuch { entry.result = .refused }
            entries.append(entry)
        }
        try await admins.requireOne(in: transaction)
        return entries
    }

    /// The frame of both changes; `body` says whether anything changed.
    private func change(
        _ userID: UserID,
        _ id: GroupID,
        _ verb: AuditVerb,
        as caller: Caller,
        _ body: @escaping @Sendable (PortalTransaction) async throws -> Bool
    ) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let admins = try await AdminGuard(locking: transaction)
            let group = try await Self.find(
                GroupQueries.byIDForUpdate(id),
                requiring: .groupsManage,
                as: caller,
                in: transaction
            )
            try await requireRoles(of: id, as: caller, in: transaction)
            guard let row = try await transaction.elevated(for: .inheritedRoles).query(UserQueries.byID(userID)).first
            else { throw PortalError.notFound("user") }
            let user = try User(row: row)
            guard try await body(transaction) else { return }
            try await admins.requireOne(in: transaction)
            var entry = AuditEntry(verb, of: .group(group))
            let subject: JSONValue = ["email": .string(user.email)]
            if verb == .groupAddMember { entry.after = subject } else { entry.before = subject }
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// Every permission of the roles that a group holds has to be the caller's own, where the group holds them.
    func requireRoles(of id: GroupID, as caller: Caller, in transaction: PortalTransaction) async throws {
        let rows = try await transaction.elevated(for: .inheritedRoles).query(
            GroupQueries.bindings(of: id, rowsMax: limits.identity.bindingsPerUserMax + 1)
        )
        try caller.requireAll(of: RoleRoom.all(of: rows, rolesMax: limits.identity.bindingsPerUserMax))
    }

    /// The group of a query for one, when the caller has a permission at its tenant.
    static func find(
        _ query: SQL,
        requiring permission: Permission,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> Group {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("group") }
        let group = try Group(row: row)
        try caller.require(permission, onPath: group.tenantPath, noun: "group")
        return group
    }

    /// A group that the caller sees from inside of its subtree or from below.
    static func findFromBelow(
        _ id: GroupID,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> Group {
        guard let row = try await connection.query(GroupQueries.byID(id)).first else {
            throw PortalError.notFound("group")
        }
        let group = try Group(row: row)
        let comesDown = caller.bindings.contains { binding in
            binding.tenantPath.starts(with: group.tenantPath) && binding.permissions.contains(.membersRead)
        }
        if !comesDown { try caller.require(.membersRead, onPath: group.tenantPath, noun: "group") }
        return group
    }

    /// A group that was written in this transaction.
    static func read(_ id: GroupID, in transaction: PortalTransaction) async throws -> Group {
        guard let row = try await transaction.query(GroupQueries.byID(id)).first else {
            throw PortalError.notFound("group")
        }
        return try Group(row: row)
    }

    /// Runs a change and explains a name or an external id that is taken.
    static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("groups_name_is_unique_in_tenant") {
            throw PortalError(
                .alreadyExists,
                "There is a group with this name at the same tenant already. Choose another name.",
                underlying: error
            )
        } catch  where error.violates("groups_external_id_is_unique") {
            throw PortalError(
                .alreadyExists,
                "Another group has this external id already. Each group of the identity provider can be one group here.",
                underlying: error
            )
        }
    }
}
