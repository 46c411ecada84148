import FoundationEssentials
import JSON
import Postgres

/// Service accounts are managed by who has `members.manage` at their tenant. Who makes a token of one acts as it, so that
/// takes every permission of its roles besides.
extension IdentityService {
    /// A page of service accounts, by time of creation: of one subtree, or of all where the caller has `members.read`.
    ///
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func listServiceAccounts(
        below tenantID: TenantID? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<ServiceAccount> {
        let after: UserID? = try page.position(in: "serviceAccounts")
        var visibility = caller.visibility(holding: .membersRead)
        if let tenantID {
            let tenant = try await TenantService.find(
                TenantQueries.byID(tenantID),
                requiring: .membersRead,
                as: caller,
                in: database.as(caller)
            )
            visibility = tenant.parentID == nil ? .everything : .subtrees([tenant.id])
        }
        let rows = try await database.as(caller).query(
            ServiceAccountQueries.page(visibleTo: visibility, after: after, rowsMax: page.rowsMax)
        )
        let accounts = try rows.map { ServiceAccount(try User(row: $0), at: try $0.decode("tenant_id")) }
        return Page(rows: accounts, request: page, list: "serviceAccounts", position: \.id)
    }

    /// One service account.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`; `PostgresError`.
    public func getServiceAccount(_ id: UserID, as caller: Caller) async throws -> ServiceAccount {
        try await serviceAccount(
            ServiceAccountQueries.byID(id),
            requiring: .membersRead,
            as: caller,
            in: database.as(caller)
        ).account
    }

    /// Makes a service account at a tenant; it has no role yet.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound` and `.forbidden` without `members.manage` for the tenant,
    ///   `.alreadyExists`, `.conflict` for too many; `PostgresError`.
    public func createServiceAccount(
        name: String,
        at tenantID: TenantID,
        as caller: Caller
    ) async throws -> ServiceAccount {
        let name = try Self.checked(serviceName: name)
        let now = time.now()
        let user = User(service: name, createdAt: now)
        let account = ServiceAccount(user, at: tenantID)
        return try await Self.explainingServiceNames {
            try await database.as(caller).transaction { transaction in
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForShare(tenantID),
                    requiring: .membersManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                let count = try await transaction.query(ServiceAccountQueries.count(at: tenantID)).first
                guard try count?.decode("accounts", as: Int.self) ?? 0 < limits.access.serviceAccountsPerTenantMax
                else {
                    throw PortalError(.conflict, "This tenant has as many service accounts as it may have.")
                }
                try await transaction.execute(UserQueries.insert(user, passwordHash: nil))
                try await transaction.execute(ServiceAccountQueries.insert(account))
                let object = AuditObject.serviceAccount(account, path: tenant.path)
                let entry = AuditEntry(.serviceAccountCreate, of: object, after: account.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return account
            }
        }
    }

    /// Renames a service account, disables or enables it; disabling revokes its tokens.
    ///
    /// - Parameters:
    ///   - id: The account.
    ///   - name: The new name; nil leaves it.
    ///   - isDisabled: Whether it is disabled; nil leaves it.
    ///   - ifMatch: The version that it has to be; nil for any.
    ///   - caller: Who asks.
    /// - Returns: The changed account.
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.manage`, and for disabling and enabling one that
    ///   may do more than the caller, `.invalidArgument`, `.alreadyExists`, `.preconditionFailed`; `PostgresError`.
    public func updateServiceAccount(
        _ id: UserID,
        name: String? = nil,
        isDisabled: Bool? = nil,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> ServiceAccount {
        let name = try name.map { try Self.checked(serviceName: $0) }
        let now = time.now()
        return try await Self.explainingServiceNames {
            try await database.as(caller).transaction { transaction in
                let (before, user, path) = try await serviceAccount(
                    ServiceAccountQueries.byIDForUpdate(id),
                    requiring: .membersManage,
                    as: caller,
                    in: transaction
                )
                try before.etag.require(ifMatch: ifMatch)
                if let isDisabled { _ = try await setDisabled(isDisabled, user, of: path, as: caller, in: transaction) }
                guard let name, name != before.name else {
                    return try await serviceAccount(
                        ServiceAccountQueries.byID(id),
                        requiring: .membersRead,
                        as: caller,
                        in: transaction
                    ).account
                }
                try await transaction.execute(ServiceAccountQueries.rename(id, to: name, at: now))
                let after = try await serviceAccount(
                    ServiceAccountQueries.byID(id),
                    requiring: .membersRead,
                    as: caller,
                    in: transaction
                ).account
                let object = AuditObject.serviceAccount(after, path: path)
                let entry = AuditEntry(.serviceAccountUpdate, of: object, before: before.json, after: after.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a service account with its tokens and roles.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.manage` or for one that may do more than the
    ///   caller, `.conflict` when records name it, `.preconditionFailed`; `PostgresError`.
    public func deleteServiceAccount(_ id: UserID, ifMatch: String? = nil, as caller: Caller) async throws {
        let now = time.now()
        do {
            try await database.as(caller).transaction { transaction in
                let (account, user, path) = try await serviceAccount(
                    ServiceAccountQueries.byIDForUpdate(id),
                    requiring: .membersManage,
                    as: caller,
                    in: transaction
                )
                try account.etag.require(ifMatch: ifMatch)
                try await requireRoles(of: user, as: caller, in: transaction)
                try await transaction.elevated(for: .inheritedRoles).execute(ServiceAccountQueries.delete(id))
                let object = AuditObject.serviceAccount(account, path: path)
                let entry = AuditEntry(.serviceAccountDelete, of: object, before: account.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            }
        } catch let error as PostgresError where .foreignKeyViolation ~= error.sqlState {
            throw PortalError(
                .conflict,
                "The records name this service account, because it has changed something. Disable it instead.",
                underlying: error
            )
        }
    }
}
