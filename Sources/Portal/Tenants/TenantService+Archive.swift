import FoundationEssentials
import JSON
import Postgres

extension TenantService {
    /// Archives a tenant that nothing lives in any more: it keeps its name for the records and leaves all lists.
    ///
    /// - Returns: The archived tenant; unchanged when it was archived before.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` for the root and for a
    ///   tenant with live tenants, vclusters, holds or open loans in it; `PostgresError`.
    /// - Note: Locks the tree: what is added at the same time is either seen here or refused there.
    public func archive(_ id: TenantID, ifMatch: String? = nil, as caller: Caller) async throws -> Tenant {
        let now = time.now()
        return try await setArchived(true, id, ifMatch: ifMatch, as: caller) { tenant, transaction in
            guard tenant.parentID != nil else {
                throw PortalError(.conflict, "The organization itself cannot be archived; you can rename it.")
            }
            try await QuotaService.requireNoLoans(tenant, in: transaction)
            let row = try await transaction.query(TenantMoveQueries.contents(of: id)).first
            let tenants = try row?.decode("tenants", as: Int.self) ?? 0
            let vclusters = try row?.decode("vclusters", as: Int.self) ?? 0
            let holds = try await QuotaService.holdCount(of: id, at: now, in: transaction)
            guard tenants == 0, vclusters == 0, holds == 0 else {
                throw PortalError(
                    .conflict,
                    "\(tenant.name) is not empty: tenants \(tenants), vclusters \(vclusters) (deleted ones count until "
                        + "their grace period is over), held for requests \(holds). Move, archive or delete them first.",
                    extensions: [
                        "liveTenants": tenants.json, "liveVClusters": vclusters.json, "openHolds": holds.json,
                    ]
                )
            }
        }
    }

    /// Brings an archived tenant back.
    ///
    /// - Returns: The live tenant; unchanged when it was not archived.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` while its parent is
    ///   archived, `.quotaExceeded` (reason `slices`) when a strict parent has no room for its limits any more;
    ///   `PostgresError`.
    public func unarchive(_ id: TenantID, ifMatch: String? = nil, as caller: Caller) async throws -> Tenant {
        try await explainingQuotas(as: caller) {
            try await setArchived(false, id, ifMatch: ifMatch, as: caller) { tenant, transaction in
                guard let parentID = tenant.parentID,
                    let row = try await transaction.query(TenantQueries.byIDForShare(parentID)).first,
                    try Tenant(row: row).isArchived
                else { return }
                throw PortalError(.conflict, "The tenant above is archived, too. Bring that one back first.")
            }
        }
    }

    private func setArchived(
        _ isArchived: Bool,
        _ id: TenantID,
        ifMatch: String?,
        as caller: Caller,
        checking check: @escaping @Sendable (Tenant, PortalTransaction) async throws -> Void
    ) async throws -> Tenant {
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            try await transaction.query(TenantQueries.lockTree)
            let before = try await Self.find(
                TenantQueries.byIDForUpdate(id),
                requiring: .tenantsManage,
                as: caller,
                in: transaction
            )
            try before.etag.require(ifMatch: ifMatch)
            guard before.isArchived != isArchived else { return before }
            try await check(before, transaction)
            let after = try await Self.store(isArchived, before, at: now, in: transaction)
            let entry = AuditEntry(isArchived ? .tenantArchive : .tenantUnarchive, of: .tenant(after))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return after
        }
    }

    /// Archived tenants have no slices, so either way it is a change of quotas.
    private static func store(
        _ isArchived: Bool,
        _ tenant: Tenant,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> Tenant {
        let quotas = transaction.elevated(for: .quotaChain)
        try await quotas.query(QuotaQueries.lock(at: now))
        let levels = [tenant.parentID, tenant.id].compactMap(\.self)
        let was = try await QuotaSnapshot.load(levels, in: quotas)
        let update = TenantMoveQueries.archive(tenant.id, archivedAt: isArchived ? now : nil, at: now)
        guard let row = try await transaction.query(update).first else { throw PortalError.notFound("tenant") }
        if let parentID = tenant.parentID {
            try await QuotaSnapshot.load(levels, in: quotas).requireSlices(at: parentID, since: was, of: tenant.id)
        }
        return try Tenant(row: row)
    }
}
