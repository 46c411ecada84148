import FoundationEssentials
import Postgres

/// The quotas of some tenants at one moment, for previews and pages.
struct QuotaSnapshot: Sendable {
    private(set) var levels: [TenantID: QuotaLevel]

    /// Reads tenants with their limits, use and slices; all from one snapshot when `database` is such a transaction.
    ///
    /// - Parameters:
    ///   - tenants: At most two paths.
    ///   - database: Has to see all of them.
    /// - Returns: A level a tenant; none for those that are gone.
    /// - Throws: `PostgresError`.
    static func load(_ tenants: [TenantID], in database: some PostgresQueryable) async throws -> QuotaSnapshot {
        let rowsMax = tenants.count * PortalLimits.Quotas.dimensionsMax
        let rows = try await database.pipeline([
            QuotaReportQueries.levels(tenants),
            QuotaReportQueries.limits(tenants, rowsMax: rowsMax),
            QuotaReportQueries.usage(tenants, rowsMax: rowsMax),
            QuotaReportQueries.slices(of: tenants, rowsMax: rowsMax),
        ])
        var snapshot = QuotaSnapshot(levels: [:])
        for row in rows[0] { try snapshot.add(level: row) }
        for row in rows[1] { try snapshot.add(limit: row) }
        for row in rows[2] { try snapshot.add(usage: row) }
        for row in rows[3] { try snapshot.add(slices: row) }
        return snapshot
    }

    /// The levels of a path, root first; those that are gone are left out.
    func chain(_ path: [TenantID]) -> [QuotaLevel] {
        path.compactMap { levels[$0] }
    }

    /// Refuses what a change has made of the slices of a strict tenant.
    ///
    /// - Parameters:
    ///   - id: The tenant whose children have the slices.
    ///   - before: The same levels before the change.
    ///   - child: Whose limits were changed: the tenant itself, or a child of it.
    /// - Throws: `QuotaRefusal` `.slices` with the first dimension that is broken, and was not, or not as much.
    func requireSlices(at id: TenantID, since before: QuotaSnapshot, of child: TenantID) throws {
        guard let level = levels[id],
            let broken = QuotaRule.brokenSlices(of: level, since: before.levels[id]).first
        else { return }
        let own = child == id ? 0 : levels[child]?.limits[broken.dimension].amount ?? 0
        throw QuotaRefusal(
            .slices,
            at: id,
            named: level.tenantName,
            in: broken.dimension,
            limit: broken.limit,
            used: broken.slices - own,
            requested: own,
            configured: broken.limit
        )
    }

    private mutating func add(level row: PostgresRow) throws {
        let id: TenantID = try row.decode("id")
        levels[id] = QuotaLevel(
            tenantID: id,
            tenantName: try row.decode("name"),
            limits: QuotaLimits(isStrict: try row.decode("is_strict"), version: try row.decode("version"))
        )
    }

    private mutating func add(limit row: PostgresRow) throws {
        guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { return }
        levels[try row.decode("tenant_id")]?.limits[dimension] = QuotaLimit(
            amount: try row.decode("amount"),
            overcommitPerMille: try row.decode("overcommit"),
            userCap: try row.decode("user_cap")
        )
    }

    private mutating func add(usage row: PostgresRow) throws {
        guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { return }
        let id: TenantID = try row.decode("tenant_id")
        levels[id]?.use.used[dimension] = try row.decode("used")
        levels[id]?.use.guaranteed[dimension] = try row.decode("guaranteed")
        levels[id]?.use.batch[dimension] = try row.decode("batch")
        levels[id]?.use.held[dimension] = try row.decode("held")
    }

    private mutating func add(slices row: PostgresRow) throws {
        guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { return }
        levels[try row.decode("tenant_id")]?.slices[dimension] = QuotaSlices(
            amount: try row.decode("amount"),
            bound: try row.decode("bound"),
            used: try row.decode("used"),
            guaranteed: try row.decode("guaranteed"),
            batch: try row.decode("batch")
        )
    }
}
