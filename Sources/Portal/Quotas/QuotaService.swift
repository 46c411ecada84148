import FoundationEssentials
import JSON
import Postgres

/// What people see of quotas and what they may change: limits, and what they would break.
///
/// Reading needs `quotas.read` at the tenant. Of levels above that the caller cannot see, only those that bound a dimension
/// are told, by name and with their numbers there: who is refused has to know by whom, and how much is missing. Limits
/// are set from above, with `quotas.manage` at the parent: nobody raises their own. Those of the organization are set by
/// who manages its hosts.
public struct QuotaService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A service over a database.
    public init(database: PortalDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = database
        self.time = time
        self.limits = limits
    }

    /// Limits, use and headroom of a tenant.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`; `PostgresError`.
    public func report(of id: TenantID, as caller: Caller) async throws -> QuotaReport {
        let tenant = try await tenant(id, requiring: .quotasRead, as: caller)
        let (snapshot, own, loans) = try await chain(.quotaChain) { transaction in
            let snapshot = try await QuotaSnapshot.load(tenant.path, in: transaction)
            let rowsMax = PortalLimits.Quotas.dimensionsMax
            let rows = try await transaction.query(QuotaReportQueries.ownUse(of: id, rowsMax: rowsMax))
            return (snapshot, try QuotaAmounts(rows: rows), try await QuotaBalance.load(id, in: transaction))
        }
        let path = tenant.path
        let report = QuotaReport(snapshot.chain(path), own: own) { level in
            path.firstIndex(of: level).map { caller.has(.quotasRead, onPath: Array(path[...$0])) } ?? false
        }
        guard let report else { throw PortalError.notFound("tenant") }
        return report.with(loans, at: snapshot.levels[id])
    }

    /// Changes the limits of a tenant.
    ///
    /// Below what is used is allowed: the tenant is over its quota then, and only growth is refused.
    ///
    /// - Returns: The report after the change.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.quotaExceeded` (reason `slices`) when
    ///   the slices of a strict tenant would be more than it has, `.invalidArgument` for too many extended resources;
    ///   `PostgresError`.
    /// - Note: Holds the lock of all quotas from its first statement.
    public func setLimits(
        _ patch: QuotaLimitsPatch,
        of id: TenantID,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> QuotaReport {
        let now = time.now()
        let limitsOfAudit = limits.audit
        do {
            try await database.as(caller).transaction { transaction in
                try await transaction.query(TenantQueries.shareTree)
                let tenant = try await TenantService.find(
                    TenantQueries.byID(id),
                    requiring: .quotasRead,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                try Self.requireManaging(tenant, as: caller)
                let quotas = transaction.elevated(for: .quotaChain)
                try await quotas.query(QuotaQueries.lock(at: now))
                let before = try await Self.configured(id, in: quotas)
                try before.etag.require(ifMatch: ifMatch)
                let after = patch.applied(to: before)
                guard after != before else { return }
                try Self.checkSize(after)
                try await Self.requireNotOverlent(tenant, after, in: quotas)
                let levels = [tenant.parentID, id].compactMap(\.self)
                let was = try await QuotaSnapshot.load(levels, in: quotas)
                try await quotas.pipeline(QuotaLimitQueries.replace(after, of: id, by: caller.userID, at: now))
                let becomes = try await QuotaSnapshot.load(levels, in: quotas)
                for level in levels { try becomes.requireSlices(at: level, since: was, of: id) }
                var entry = AuditEntry(.quotaSet, of: .tenant(tenant))
                entry.before = before.json
                entry.after = after.json
                try await AuditLog.record(entry, by: caller, at: now, limits: limitsOfAudit, in: transaction)
            }
        } catch let refusal as QuotaRefusal {
            throw try await QuotaContacts.explain(refusal, to: caller, in: database)
        }
        return try await report(of: id, as: caller)
    }

    /// Who may set the limits of a tenant: those who manage quotas above it.
    ///
    /// - Throws: `PortalError` `.forbidden`.
    public static func requireManaging(_ tenant: Tenant, as caller: Caller) throws(PortalError) {
        if tenant.parentID == nil {
            // What the organization has is what its hosts have.
            guard caller.has(.hostsManage) else { throw .forbidden(.hostsManage) }
            guard caller.has(.quotasManage, onPath: tenant.path) else { throw .forbidden(.quotasManage) }
            return
        }
        let above = Array(tenant.path.dropLast())
        guard !caller.has(.quotasManage, onPath: above) else { return }
        guard caller.has(.quotasManage, onPath: tenant.path) else { throw .forbidden(.quotasManage) }
        throw PortalError(
            .forbidden,
            "The limits of \(tenant.name) are set from the level above it, where you do not have "
                + "\(Permission.quotasManage.rawValue). Ask a manager there.",
            extensions: ["missingPermission": .string(Permission.quotasManage.rawValue)]
        )
    }

    /// Whether a caller may set the limits of a tenant.
    public static func mayManage(_ tenant: Tenant, as caller: Caller) -> Bool {
        (try? requireManaging(tenant, as: caller)) != nil
    }

    /// Refuses more extended resources than a tenant may limit.
    static func checkSize(_ limits: QuotaLimits) throws(PortalError) {
        let named = limits.dimensions.filter { $0.index == nil }.count
        guard named > PortalLimits.Quotas.extendedMax else { return }
        throw .invalid(
            "limits",
            FieldErrorCode.tooLong,
            "would name \(named) extended resources; a tenant may limit \(PortalLimits.Quotas.extendedMax)"
        )
    }
}

extension QuotaService {
    /// Reads from one snapshot, past what the caller sees; who gets what of it is decided after.
    func chain<Result: Sendable>(
        _ reason: ElevationReason,
        _ body: @Sendable (PortalTransaction) async throws -> Result
    ) async throws -> Result {
        try await database.elevated(for: reason).transaction(isolation: .repeatableRead, readOnly: true, body)
    }

    /// A tenant that the caller sees and has a permission at.
    func tenant(_ id: TenantID, requiring permission: Permission, as caller: Caller) async throws -> Tenant {
        try await TenantService.find(
            TenantQueries.byID(id),
            requiring: permission,
            as: caller,
            in: database.as(caller)
        )
    }
}

extension QuotaAmounts {
    /// Reads rows of `dimension` and `amount`.
    init(rows: [PostgresRow]) throws {
        self.init()
        for row in rows {
            guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { continue }
            self[dimension] = try row.decode("amount")
        }
    }
}
