import FoundationEssentials
import Postgres

extension VClusterService {
    /// A vcluster, its spec included.
    ///
    /// - Throws: `PortalError` `.notFound`.
    public func get(_ id: VClusterID, as caller: Caller) async throws -> VCluster {
        guard let row = try await database.as(caller).query(VClusterQueries.find(id), idempotent: true).first else {
            throw PortalError.notFound("vcluster")
        }
        let vcluster = try VCluster(row: row)
        guard caller.has(.vclustersRead, onPath: vcluster.tenantPath) else { throw PortalError.notFound("vcluster") }
        return vcluster
    }

    /// A vcluster as lists show it, with what they show of the operation that is changing it.
    ///
    /// - Throws: `PortalError` `.notFound`.
    public func summary(_ id: VClusterID, as caller: Caller) async throws -> VClusterSummary {
        let rows = try await database.as(caller).query(VClusterListQueries.summary(id), idempotent: true)
        guard let row = rows.first, caller.has(.vclustersRead, onPath: try row.decode("tenant_path")) else {
            throw PortalError.notFound("vcluster")
        }
        return try VClusterSummary(row: row)
    }

    /// A page of the vclusters that the caller can see, newest first; soft-deleted ones are among them.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a foreign page token, `.notFound` for an invisible tenant.
    public func list(
        _ filter: VClusterFilter = VClusterFilter(),
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<VClusterSummary> {
        let cursor: VClusterID? = try page.position(in: "vclusters")
        let scope = try await TenantScope.resolve(filter.tenantID, for: caller, in: database.as(caller), limits: limits)
        let rows = try await database.as(caller).query(
            VClusterListQueries.list(filter, scope: scope, after: cursor, limit: page.rowsMax),
            idempotent: true
        )
        return Page(
            rows: try rows.map { try VClusterSummary(row: $0) },
            request: page,
            list: "vclusters",
            position: \.id
        )
    }

    /// How many vclusters the caller can see in each phase; phases without any are left out.
    ///
    /// - Throws: `PortalError` `.notFound` for an invisible tenant.
    public func counts(
        in tenantID: TenantID? = nil,
        as caller: Caller
    ) async throws -> [VClusterPhase: Int] {
        let scope = try await TenantScope.resolve(tenantID, for: caller, in: database.as(caller), limits: limits)
        var counts: [VClusterPhase: Int] = [:]
        for row in try await database.as(caller).query(VClusterListQueries.counts(scope: scope), idempotent: true) {
            counts[try row.decode("phase")] = try row.decode("count", as: Int.self)
        }
        return counts
    }

    /// What happened to a vcluster, newest first.
    ///
    /// - Throws: `PortalError` `.notFound`, `.invalidArgument` for a foreign page token.
    public func events(
        of id: VClusterID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<VClusterEvent> {
        _ = try await get(id, as: caller)
        let cursor: EventID? = try page.position(in: "events")
        let rows = try await database.as(caller).query(
            EventQueries.list(of: id, after: cursor, limit: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try VClusterEvent(row: $0) }, request: page, list: "events", position: \.id)
    }
}

extension TenantScope {
    /// The tenants that a list of the caller covers.
    ///
    /// - Parameters:
    ///   - tenantID: The subtree that is asked for; nil for everything that the caller can see.
    ///   - caller: Who asks.
    ///   - database: Where the tree is.
    ///   - limits: `tenantsPerListMax` bounds the answer.
    /// - Returns: The scope; `everything` for those who read from the root.
    /// - Throws: `PortalError` `.notFound` for an invisible tenant.
    static func resolve(
        _ tenantID: TenantID?,
        for caller: Caller,
        in database: ScopedDatabase,
        limits: PortalLimits
    ) async throws -> TenantScope {
        let roots: [TenantID]
        if let tenantID {
            guard let row = try await database.query(VClusterQueries.tenant(tenantID), idempotent: true).first else {
                throw PortalError.notFound("tenant")
            }
            let path = try row.decode("path", as: [TenantID].self)
            guard caller.has(.vclustersRead, onPath: path) else { throw PortalError.notFound("tenant") }
            if path.count == 1 { return .everything }
            roots = [tenantID]
        } else {
            let readsEverything = caller.bindings.contains { binding in
                binding.isAtRoot && binding.permissions.contains(.vclustersRead)
            }
            if caller.isSystem || readsEverything { return .everything }
            roots = caller.readableRoots
            if roots.isEmpty { return .tenants([]) }
        }
        let rows = try await database.query(
            VClusterListQueries.tenants(below: roots, limit: limits.vclusters.tenantsPerListMax),
            idempotent: true
        )
        return .tenants(try rows.map { try $0.decode("id") })
    }
}
