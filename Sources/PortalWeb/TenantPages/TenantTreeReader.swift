import Portal

/// Reads the part of the tree that a page shows, and writes its rows.
///
/// The cost is that of the open branch: one page of siblings for each of its levels, at most eight.
struct TenantTreeReader: Sendable {
    let tenants: TenantService
    let caller: Caller
    let writer: Localizer

    /// Rows in the order of the page.
    struct List: Sendable {
        var rows: [TenantListPage.Row] = []
        var nextToken: String?
    }

    /// The tree with one branch open; without a choice the branch of the only top.
    func tree(_ query: TenantListQuery) async throws -> List {
        let request = try PageRequest(size: WebLimits.Pages.treeSiblingsMax, token: query.pageToken)
        let tops = try await tenants.outline(.roots, request, as: caller)
        var opened = query.open
        if opened == nil, query.pageToken == nil, tops.items.count == 1 { opened = tops.items[0].tenant.id }
        let chain = try await tenants.lineage(of: [opened].compactMap { $0 }, as: caller).filter { !$0.isArchived }
        var levels: [Page<TenantNode>] = [tops]
        for tenant in chain {
            let size = try PageRequest(size: WebLimits.Pages.treeSiblingsMax)
            levels.append(try await tenants.outline(.children(tenant.id), size, as: caller))
        }
        var list = List(nextToken: tops.nextPageToken)
        write(levels[...], chain[...], below: nil, level: 0, into: &list.rows)
        return list
    }

    /// The tenants with a text in their name, or the archived ones, with the way to each.
    func list(_ query: TenantListQuery) async throws -> List {
        let outline: TenantOutline = query.isArchived ? .archived(query.text) : .named(query.text)
        let page = try await tenants.outline(outline, try PageRequest(token: query.pageToken), as: caller)
        let names = TenantNames(try await tenants.lineage(of: page.items.map(\.tenant.id), as: caller))
        let rows = page.items.map { node in
            var row = row(node.tenant, childCount: node.childCount, level: 0)
            row.path = names.path(above: node.tenant)
            row.isInTree = false
            if let archivedAt = node.tenant.archivedAt {
                row.badge = BadgeModel(
                    writer.text("tenants.archivedAgo", ["time": .text(writer.time(archivedAt).relative)]),
                    .gone
                )
            }
            return row
        }
        return List(rows: rows, nextToken: page.nextPageToken)
    }

    /// One level and, right behind the tenant that is open, the levels below it.
    private func write(
        _ levels: ArraySlice<Page<TenantNode>>,
        _ chain: ArraySlice<Tenant>,
        below parent: Tenant?,
        level: Int,
        into rows: inout [TenantListPage.Row]
    ) {
        guard let page = levels.first else { return }
        var siblings = page.items.map { (tenant: $0.tenant, childCount: Int?.some($0.childCount)) }
        let opened = chain.first
        // The open one is shown even when it is not on the first page of its siblings.
        if let opened, !siblings.contains(where: { $0.tenant.id == opened.id }) { siblings.append((opened, nil)) }
        for (tenant, childCount) in siblings {
            let isOpen = tenant.id == opened?.id
            var row = row(tenant, childCount: childCount ?? 0, level: level)
            let hasBelow = isOpen ? levels.dropFirst().first?.items.isEmpty == false : (childCount ?? 0) > 0
            if hasBelow {
                row.toggle = TenantListPage.Toggle(
                    id: "toggle-\(tenant.id)",
                    href: TenantListQuery.opening(isOpen ? parent?.id : tenant.id).href,
                    label: writer.text(isOpen ? "tenants.close" : "tenants.open", ["name": .text(tenant.name)]),
                    isOpen: isOpen
                )
            }
            rows.append(row)
            if isOpen {
                write(levels.dropFirst(), chain.dropFirst(), below: tenant, level: level + 1, into: &rows)
            }
        }
        if page.nextPageToken != nil, let parent {
            var more = TenantListPage.Row(
                href: Route.tenantPage(parent.id).path + "#children",
                name: writer.text("tenants.more", ["name": .text(parent.name)]),
                level: level
            )
            more.isMore = true
            rows.append(more)
        }
    }

    private func row(_ tenant: Tenant, childCount: Int, level: Int) -> TenantListPage.Row {
        TenantListPage.Row(
            href: Route.tenantPage(tenant.id).path,
            name: tenant.name,
            level: min(level, PortalLimits.Tenants.depthMax - 1),
            count: childCount == 0 ? nil : writer.count("tenants.below", childCount)
        )
    }
}
