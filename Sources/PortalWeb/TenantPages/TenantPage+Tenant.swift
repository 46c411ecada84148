import HTTPCore
import Portal

extension TenantPage {
    /// The page of a tenant for a reader.
    init(_ parts: Parts, _ writer: Localizer) {
        let tenant = parts.tenant
        title = tenant.name
        name = tenant.name
        crumbs =
            [LinkModel(href: Route.tenantsPage.path, label: writer.text("tenants.title"))]
            + parts.lineage.filter { $0.id != tenant.id }.map {
                LinkModel(href: Route.tenantPage($0.id).path, label: $0.name)
            }
        badge = tenant.isArchived ? BadgeModel(writer.text("tenant.archived"), .gone) : nil
        newVCluster =
            parts.may(.vclustersCreate) && !tenant.isArchived
            ? LinkModel(
                href: "\(Route.vclusterNewPage.path)?tenantId=\(tenant.id)",
                label: writer.text("vclusters.new")
            ) : nil
        links = Self.links(parts, writer)
        menus = Self.menus(parts, writer)
        notices = Self.notices(parts, writer)
        quota = parts.quota.map { report in
            let mayEdit = !tenant.isArchived && QuotaService.mayManage(tenant, as: parts.caller)
            return QuotaPanel(report, visible: Set(parts.lineage.map(\.id)), mayEdit: mayEdit, writer)
        }
        loans = LoansPanel(parts, writer)
        children = Children(parts, writer)
        members = parts.members.map { Members($0, parts, writer) }
        details = Self.details(parts, writer)
    }

    private static func links(_ parts: Parts, _ writer: Localizer) -> [LinkModel] {
        let tenant = parts.tenant
        var query = VClusterListQuery()
        query.tenantID = tenant.id
        var links = [LinkModel(href: query.href, label: writer.text("tenant.vclusters"))]
        // Moving needs the permission at the parent too; whose parent is out of sight has nowhere to move it to.
        let parentPath = Array(tenant.path.dropLast())
        if !parentPath.isEmpty, !tenant.isArchived, parts.caller.has(.tenantsManage, onPath: parentPath) {
            links.append(LinkModel(href: Route.tenantPageMove(tenant.id).path, label: writer.text("tenant.move")))
        }
        // Who sees members finds them there.
        if parts.members == nil {
            links.append(LinkModel(href: Route.tenantPageRules(tenant.id).path, label: writer.text("rules.title")))
        }
        links.append(LinkModel(href: Route.tenantPagePolicies(tenant.id).path, label: writer.text("policies.title")))
        return links
    }

    private static func notices(_ parts: Parts, _ writer: Localizer) -> [NoticeModel] {
        var notices: [NoticeModel] = []
        if let refused = parts.refused, ["removeMember", "returnLoan"].contains(refused.name) {
            notices.append(
                NoticeModel(.bad, title: writer.text(refused.error))
            )
        }
        if parts.tenant.isArchived {
            notices.append(
                NoticeModel(
                    tone: StatusLook.gone.tone,
                    icon: StatusLook.note.icon,
                    title: writer.text("tenant.archivedTitle"),
                    text: writer.text("tenant.archivedText")
                )
            )
        }
        return notices
    }

    private static func details(_ parts: Parts, _ writer: Localizer) -> [FactModel] {
        let tenant = parts.tenant
        return [
            FactModel(
                name: writer.text("tenant.level"),
                value: writer.text(
                    "tenant.levelOf",
                    ["level": .number(tenant.depth), "max": .number(PortalLimits.Tenants.depthMax)]
                )
            ),
            FactModel(name: writer.text("tenant.created"), time: writer.time(tenant.createdAt)),
            FactModel(name: writer.text("tenant.changed"), time: writer.time(tenant.updatedAt)),
            FactModel(name: writer.text("tenant.id"), value: tenant.id.description),
        ]
    }
}

extension TenantPage.Children {
    fileprivate init(_ parts: TenantPage.Parts, _ writer: Localizer) {
        let path = Route.tenantPage(parts.tenant.id).path
        let page = parts.children
        rows = page.items.map { node in
            TenantListPage.Row(
                href: Route.tenantPage(node.tenant.id).path,
                name: node.tenant.name,
                level: 0,
                count: node.childCount == 0 ? nil : writer.count("tenants.below", node.childCount)
            )
        }
        pager = .init(path, "children", parts.childrenToken, page.nextPageToken)
        emptyText = writer.text(parts.may(.tenantsManage) ? "tenant.noChildrenYet" : "tenant.noChildren")
    }
}

extension VClusterListPage.Pager {
    /// The neighbours of one list on a page with several; nil when everything fits on one page.
    init?(_ path: String, _ name: String, _ token: String?, _ next: String?) {
        guard token != nil || next != nil else { return nil }
        self.init(
            summary: "",
            firstHref: token == nil ? nil : "\(path)#\(name)",
            previousHref: nil,
            nextHref: next.map { "\(path)?\(name)=\(PercentCoding.encoded($0))#\(name)" }
        )
    }
}
