import FoundationEssentials
import JSON
public import Postgres

/// The tree of tenants and who has which role in it.
///
/// What a caller may not see does not exist for them: `.notFound`, never `.forbidden`.
public struct TenantService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.init(database: PortalDatabase(database), time: time, limits: limits)
    }

    init(database: PortalDatabase, time: any TimeSource, limits: PortalLimits) {
        self.database = database
        self.time = time
        self.limits = limits
    }

    /// A page of the tenants that the caller sees, by time of creation.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a foreign page token; `PostgresError`.
    public func list(
        _ filter: TenantFilter = TenantFilter(),
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws
        -> Page<Tenant>
    {
        let after: TenantID? = try page.position(in: "tenants")
        let rows = try await database.as(caller).query(
            TenantQueries.page(filter, visibleTo: caller.visibility, after: after, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try Tenant(row: $0) }, request: page, list: "tenants", position: \.id)
    }

    /// One tenant.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func get(_ id: TenantID, as caller: Caller) async throws -> Tenant {
        try await Self.find(TenantQueries.byID(id), requiring: .tenantsRead, as: caller, in: database.as(caller))
    }

    /// Adds a tenant below another.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for the name or when the tree would be too deep, `.notFound`,
    ///   `.forbidden` and, when it is archived, `.conflict` for the parent, `.alreadyExists`; `PostgresError`.
    public func create(name: String, parentID: TenantID, as caller: Caller) async throws -> Tenant {
        let name = try Self.checked(name)
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                try await transaction.query(TenantQueries.shareTree)
                let parent = try await Self.find(
                    TenantQueries.byIDForShare(parentID),
                    requiring: .tenantsManage,
                    as: caller,
                    in: transaction
                )
                try parent.requireLive()
                guard parent.depth < PortalLimits.Tenants.depthMax else {
                    throw PortalError.invalid(
                        "parentId",
                        FieldErrorCode.outOfRange,
                        "is at level \(PortalLimits.Tenants.depthMax), the deepest; choose a parent further up"
                    )
                }
                return try await insert(name: name, below: parent.path, at: now, as: caller, in: transaction)
            }
        }
    }

    /// Renames a tenant.
    ///
    /// Needs `tenants.manage` at the parent, whose other tenants bear the names that are taken; of the root at the root.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` when it
    ///   is archived, `.alreadyExists`; `PostgresError`.
    public func rename(
        _ id: TenantID,
        to name: String,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> Tenant {
        let name = try Self.checked(name)
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let before = try await Self.find(
                    TenantQueries.byIDForUpdate(id),
                    requiring: .tenantsManage,
                    as: caller,
                    in: transaction
                )
                try Self.requireParent(of: before, as: caller)
                try before.etag.require(ifMatch: ifMatch)
                try before.requireLive()
                guard before.name != name else { return before }
                guard let row = try await transaction.query(TenantQueries.rename(id, to: name, at: now)).first else {
                    throw PortalError.notFound("tenant")
                }
                let after = try Tenant(row: row)
                var entry = AuditEntry(.tenantRename, of: .tenant(after))
                entry.before = ["name": .string(before.name)]
                entry.after = ["name": .string(after.name)]
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a tenant that nothing belongs to or ever belonged to; its role bindings go with it.
    ///
    /// Needs `tenants.manage` at the parent, as making it did. Groups and custom roles have to be removed before: they may
    /// hold or give more elsewhere than the caller has, which removing them by themselves asks for.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` when it has children, groups, custom roles, service
    ///   accounts or unanswered invitations, has or had vclusters, or is the root; `PostgresError`.
    public func delete(_ id: TenantID, ifMatch: String? = nil, as caller: Caller) async throws {
        let now = time.now()
        do {
            try await database.as(caller).transaction { transaction in
                let tenant = try await Self.find(
                    TenantQueries.byIDForUpdate(id),
                    requiring: .tenantsManage,
                    as: caller,
                    in: transaction
                )
                try tenant.etag.require(ifMatch: ifMatch)
                guard tenant.parentID != nil else {
                    throw PortalError(.conflict, "The organization itself cannot be removed; you can rename it.")
                }
                try Self.requireParent(of: tenant, as: caller)
                try await Self.requireNoAccess(of: tenant, in: transaction)
                try await transaction.execute(TenantQueries.delete(id))
                let entry = AuditEntry(.tenantDelete, of: .tenant(tenant), before: tenant.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            }
        } catch let error as PostgresError where .foreignKeyViolation ~= error.sqlState {
            throw PortalError(
                .conflict,
                "The tenant is not empty, or it has a history: one that had vclusters stays for the records. Archive it.",
                underlying: error
            )
        }
    }

    /// Guards what is up to who manages the tenant above: its name among others, and its end.
    private static func requireParent(of tenant: Tenant, as caller: Caller) throws(PortalError) {
        let path = tenant.parentID == nil ? tenant.path : Array(tenant.path.dropLast())
        guard caller.has(.tenantsManage, onPath: path) else { throw .forbidden(.tenantsManage) }
    }

    /// Refuses to remove a tenant while somebody's access hangs on what would go with it.
    ///
    /// What makes any of it shares the row of the tenant, which the caller has locked.
    private static func requireNoAccess(of tenant: Tenant, in transaction: PortalTransaction) async throws {
        let elevated = transaction.elevated(for: .inheritedRoles)
        let row = try await elevated.query(TenantQueries.countAccess(of: tenant.id)).first
        let groups = try row?.decode("groups", as: Int.self) ?? 0
        let roles = try row?.decode("roles", as: Int.self) ?? 0
        let invitations = try row?.decode("invitations", as: Int.self) ?? 0
        guard groups + roles + invitations > 0 else { return }
        throw PortalError(
            .conflict,
            "\(tenant.name) still has groups (\(groups)), roles of its own (\(roles)) or unanswered invitations "
                + "(\(invitations)). Remove and revoke these first."
        )
    }

    /// The root, made if there is none; an existing one keeps its name.
    ///
    /// For the command line and the demo.
    ///
    /// - Throws: `PortalError` `.forbidden` for anybody but the portal itself, `.invalidArgument`; `PostgresError`.
    public func ensureRoot(name: String, as caller: Caller) async throws -> Tenant {
        guard caller.isSystem else { throw PortalError.forbidden(.tenantsManage) }
        if let row = try await database.as(caller).query(TenantQueries.root()).first { return try Tenant(row: row) }
        let name = try Self.checked(name)
        let now = time.now()
        do {
            return try await database.as(caller).transaction { transaction in
                try await insert(name: name, below: [], at: now, as: caller, in: transaction)
            }
        } catch  where error.violates("tenants_root_is_unique") {
            // Another process made it in between.
            guard let row = try await database.as(caller).query(TenantQueries.root()).first else { throw error }
            return try Tenant(row: row)
        }
    }

    /// The child with a name, made if there is none.
    ///
    /// - Throws: As `create`.
    public func ensure(name: String, parentID: TenantID, as caller: Caller) async throws -> Tenant {
        let child = TenantQueries.child(of: parentID, name: name.trimmed)
        if let row = try await database.as(caller).query(child).first {
            let tenant = try Tenant(row: row)
            try caller.require(.tenantsManage, onPath: tenant.path, noun: "tenant")
            return tenant
        }
        do {
            return try await create(name: name, parentID: parentID, as: caller)
        } catch let error as PortalError where error.code == .alreadyExists {
            guard let row = try await database.as(caller).query(child).first else { throw error }
            return try Tenant(row: row)
        }
    }

    /// The tenant of a query for one, when the caller sees it and has a permission there.
    static func find(
        _ query: SQL,
        requiring permission: Permission,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> Tenant {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("tenant") }
        let tenant = try Tenant(row: row)
        try caller.require(permission, onPath: tenant.path, noun: "tenant")
        return tenant
    }

    private func insert(
        name: String,
        below path: [TenantID],
        at time: Date,
        as caller: Caller,
        in transaction: some PostgresQueryable
    ) async throws -> Tenant {
        let id = TenantID()
        let tenant = Tenant(id: id, name: name, path: path + [id], createdAt: time, updatedAt: time)
        try await transaction.execute(TenantQueries.insert(tenant, createdBy: caller.userID))
        let entry = AuditEntry(.tenantCreate, of: .tenant(tenant), after: tenant.json)
        try await AuditLog.record(entry, by: caller, at: time, limits: limits.audit, in: transaction)
        return tenant
    }

    static func checked(_ name: String) throws(PortalError) -> String {
        var errors = FieldErrors()
        let name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Tenants.nameLengthMax,
            errors: &errors
        )
        try errors.throwIfAny()
        return name
    }

    static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("tenants_name_is_unique_in_parent") {
            throw PortalError(
                .alreadyExists,
                "There is a tenant with this name at the same place already, live or archived. Choose another name.",
                fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken at this place")],
                underlying: error
            )
        }
    }
}
