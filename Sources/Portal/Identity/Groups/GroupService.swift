import FoundationEssentials
import JSON
public import Postgres

/// Groups of users.
///
/// Who changes the members of a group decides who holds its roles, so that takes every permission of these roles, where
/// the group holds them, besides `groups.manage` at the tenant of the group.
public struct GroupService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database)
        self.time = time
        self.limits = limits
    }

    /// A page of groups by time of creation.
    ///
    /// - Parameters:
    ///   - tenantID: Only those made at this tenant or above it, which are those to give roles to there; nil for all that
    ///     the caller sees: what was made in the subtrees they read, and above those.
    ///   - search: A text in the name, without regard to case.
    ///   - page: Which page.
    ///   - caller: Who asks.
    /// - Returns: The page; empty for who has `members.read` nowhere.
    /// - Throws: `PortalError` `.notFound` and `.forbidden` without `members.read` for the tenant, `.invalidArgument` for
    ///   a foreign page token; `PostgresError`.
    public func list(
        usableAt tenantID: TenantID? = nil,
        search: String? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<Group> {
        let after: GroupID? = try page.position(in: "groups")
        let search = search.flatMap { $0.trimmed.isEmpty ? nil : String($0.trimmed.prefix(100)) }
        var visibility = caller.visibility(holding: .membersRead)
        var above: [TenantID] = []
        if let tenantID {
            let tenant = try await TenantService.find(
                TenantQueries.byID(tenantID),
                requiring: .membersRead,
                as: caller,
                in: database.as(caller)
            )
            (visibility, above) = (.subtrees([]), tenant.path)
        } else if !caller.isSystem {
            let readable = caller.bindings.filter { $0.permissions.contains(.membersRead) }
            above = Set(readable.flatMap(\.tenantPath)).sorted()
        }
        let rows = try await database.elevated(for: .inheritedRoles).query(
            GroupQueries.page(
                visibleTo: visibility,
                above: above,
                search: search,
                after: after,
                rowsMax: page.rowsMax
            ),
            idempotent: true
        )
        return Page(rows: try rows.map { try Group(row: $0) }, request: page, list: "groups", position: \.id)
    }

    /// One group, from inside of the subtree where it was made or from below, where it can be given roles.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`; `PostgresError`.
    public func get(_ id: GroupID, as caller: Caller) async throws -> Group {
        try await Self.findFromBelow(id, as: caller, in: database.elevated(for: .inheritedRoles))
    }

    /// Makes a group at a tenant.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound` and `.forbidden` for the tenant, `.forbidden` for an
    ///   external id without `users.manage`, `.alreadyExists`, `.conflict` for too many; `PostgresError`.
    public func create(_ new: NewGroup, at tenantID: TenantID, as caller: Caller) async throws -> Group {
        let new = try new.checked()
        if new.externalID != nil { try caller.require(.usersManage) }
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForShare(tenantID),
                    requiring: .groupsManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                let count = try await transaction.query(GroupQueries.count(at: tenantID)).first
                guard try count?.decode("groups", as: Int.self) ?? 0 < limits.access.groupsPerTenantMax else {
                    throw PortalError(.conflict, "This tenant has as many groups as it may have. Remove one first.")
                }
                let id = GroupID()
                try await transaction.execute(
                    GroupQueries.insert(new, id: id, tenantID: tenant.id, createdBy: caller.userID, at: now)
                )
                let group = try await Self.read(id, in: transaction)
                let entry = AuditEntry(.groupCreate, of: .group(group), after: group.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return group
            }
        }
    }

    /// Changes name, description or external id.
    ///
    /// The external id lets an identity provider say who is in the group, so its change and that of the provider need
    /// `users.manage`, and every permission that the group gives.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidArgument`, `.preconditionFailed`, `.alreadyExists`;
    ///   `PostgresError`.
    public func update(
        _ id: GroupID,
        ifMatch: String? = nil,
        as caller: Caller,
        _ change: @escaping @Sendable (inout NewGroup) -> Void
    ) async throws -> Group {
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let before = try await Self.find(
                    GroupQueries.byIDForUpdate(id),
                    requiring: .groupsManage,
                    as: caller,
                    in: transaction
                )
                try before.etag.require(ifMatch: ifMatch)
                var new = NewGroup(before)
                change(&new)
                let checked = try new.checked(changing: before)
                guard checked != NewGroup(before) else { return before }
                if checked.externalID != before.externalID || checked.provider != before.provider {
                    try caller.require(.usersManage)
                    try await requireRoles(of: id, as: caller, in: transaction)
                }
                try await transaction.execute(GroupQueries.update(id, to: checked, at: now))
                let after = try await Self.read(id, in: transaction)
                let entry = AuditEntry(.groupUpdate, of: .group(after), before: before.json, after: after.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a group, and with it the roles that its members had through it.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` when that would leave the
    ///   organization without an admin; `PostgresError`.
    public func delete(_ id: GroupID, ifMatch: String? = nil, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let admins = try await AdminGuard(locking: transaction)
            let group = try await Self.find(
                GroupQueries.byIDForUpdate(id),
                requiring: .groupsManage,
                as: caller,
                in: transaction
            )
            try group.etag.require(ifMatch: ifMatch)
            try await requireRoles(of: id, as: caller, in: transaction)
            try await transaction.execute(GroupQueries.delete(id))
            try await admins.requireOne(in: transaction)
            let entry = AuditEntry(.groupDelete, of: .group(group), before: group.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}
