import Postgres

extension TenantService {
    /// A page of a part of the tree, by name.
    ///
    /// - Throws: `PortalError` `.notFound` for children of an invisible tenant, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func outline(
        _ outline: TenantOutline,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<TenantNode> {
        let cursor = try page.cursor(list: "outline", count: 2).map { cursor in
            (name: cursor.keys[0], id: try cursor.id(at: 1) as TenantID)
        }
        if case .children(let id) = outline { _ = try await get(id, as: caller) }
        let rows = try await database.as(caller).query(
            TenantOutlineQueries.page(outline, roots: caller.visibility, after: cursor, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try TenantNode(row: $0) }, request: page) { node in
            PageCursor(list: "outline", keys: [node.sortName, node.tenant.id.description])
        }
    }

    /// Some tenants with those above them, as far as the caller sees them, shallow ones first.
    ///
    /// - Parameters:
    ///   - ids: At most as many as a page has rows; those that the caller does not see are left out.
    ///   - caller: Who asks.
    /// - Returns: Each tenant once.
    /// - Throws: `PostgresError`.
    public func lineage(of ids: some Sequence<TenantID>, as caller: Caller) async throws -> [Tenant] {
        let ids = Array(Set(ids).sorted().prefix(PortalLimits.Pages.sizeMax * 2))
        guard !ids.isEmpty else { return [] }
        let rowsMax = ids.count * PortalLimits.Tenants.depthMax
        let rows = try await database.as(caller).query(
            TenantOutlineQueries.lineage(of: ids, visibleTo: caller.visibility, rowsMax: rowsMax),
            idempotent: true
        )
        return try rows.map { try Tenant(row: $0) }
    }

    /// Tenants that a form offers: those where the caller has a permission, the shallow ones when there are many.
    ///
    /// - Parameters:
    ///   - permission: What the form needs at the tenant.
    ///   - chosen: A tenant that was chosen before, which is offered too when the caller has the permission there.
    ///   - caller: Who chooses.
    /// - Returns: The choices with the names above them.
    /// - Throws: `PostgresError`.
    public func choices(
        holding permission: Permission,
        including chosen: TenantID? = nil,
        as caller: Caller
    ) async throws -> TenantChoices {
        let countMax = PortalLimits.Tenants.choicesMax
        let rows = try await database.as(caller).query(
            TenantOutlineQueries.choices(in: caller.visibility(holding: permission), rowsMax: countMax + 1),
            idempotent: true
        )
        var offered = try rows.prefix(countMax).map { try Tenant(row: $0) }
        if let chosen, !offered.contains(where: { $0.id == chosen }),
            let row = try await database.as(caller).query(TenantQueries.byID(chosen), idempotent: true).first
        {
            let tenant = try Tenant(row: row)
            if caller.has(permission, onPath: tenant.path), !tenant.isArchived { offered.append(tenant) }
        }
        let lineage = try await lineage(of: offered.map(\.id), as: caller)
        return TenantChoices(offered: offered, lineage: lineage, isTruncated: rows.count > countMax)
    }
}

extension Caller {
    /// The tenants where the caller has a permission, as the roots of their subtrees.
    func visibility(holding permission: Permission) -> Visibility {
        if isSystem { return .everything }
        let holding = bindings.filter { $0.permissions.contains(permission) }
        if holding.contains(where: \.isAtRoot) { return .everything }
        return .subtrees(Set(holding.map(\.tenantID)).sorted())
    }
}
