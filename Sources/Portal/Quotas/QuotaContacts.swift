import Postgres

/// Who can raise a limit.
enum QuotaContacts {
    /// The error of a refusal with the names that the caller may know.
    ///
    /// - Throws: `PostgresError`.
    static func explain(
        _ refusal: QuotaRefusal,
        to caller: Caller,
        in database: PortalDatabase
    ) async throws -> PortalError {
        let chain = database.elevated(for: .quotaChain)
        let refusal = try await withoutLoans(refusal, in: chain)
        guard let row = try await chain.query(VClusterQueries.tenant(refusal.tenantID), idempotent: true).first else {
            return refusal.error(contacts: [])
        }
        let path = try row.decode("path", as: [TenantID].self)
        // Limits are set from the level above; those of the root by its own admins.
        let above = path.count > 1 ? Array(path.dropLast()) : path
        guard caller.has(.membersRead, onPath: above) else { return refusal.error(contacts: []) }
        let rows = try await chain.query(
            QuotaContactQueries.managers(
                onPath: above,
                builtIn: Role.allCases.filter { $0.permissions.contains(.quotasManage) },
                limit: PortalLimits.Quotas.contactsMax
            ),
            idempotent: true
        )
        return refusal.error(contacts: try rows.map { try $0.decode("name") })
    }

    /// The refusal with the limit as it is set: that is what a request for more has to name.
    private static func withoutLoans(_ refusal: QuotaRefusal, in chain: ScopedDatabase) async throws -> QuotaRefusal {
        guard refusal.reason != .user else { return refusal }
        var refusal = refusal
        let loans = try await QuotaBalance.load(refusal.tenantID, in: chain)
        refusal.configured = loans.configured(refusal.configured, in: refusal.dimension)
        return refusal
    }
}
