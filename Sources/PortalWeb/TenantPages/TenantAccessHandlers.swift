import HTTPCore
import HTTPServer
import Portal

/// Who may do what at a tenant, and why.
enum TenantAccessHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageAccess, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenant = try await context.services.tenants.get(id, as: caller)
        let permission =
            context.query.first(named: "permission").flatMap(Permission.init(rawValue:)) ?? .vclustersCreate
        let token = context.query.first(named: "page")
        let request = try PageRequest(token: token)
        async let lineage = context.services.tenants.lineage(of: [id], as: caller)
        let grants = try await context.services.access.holders(of: permission, at: id, request, as: caller)
        let responder = PageResponder(context)
        let page = TenantAccessPage(
            tenant,
            try await lineage,
            grants,
            of: permission,
            isFirst: token == nil,
            responder.writer
        )
        return try responder.respond(page, .init(section: .tenants, fragment: TenantAccessPage.fragment))
    }
}

extension TenantAccessPage {
    /// The page for one permission.
    init(
        _ tenant: Tenant,
        _ lineage: [Tenant],
        _ grants: Page<AccessGrant>,
        of permission: Permission,
        isFirst: Bool,
        _ writer: Localizer
    ) {
        let path = Route.tenantPageAccess(tenant.id).path
        let names = TenantNames(lineage)
        title = writer.text("access.title")
        lead = writer.text("access.lead", ["name": .text(tenant.name)])
        crumbs = .to(tenant, names, writer)
        action = path
        self.permission = SelectModel(
            id: "permission",
            name: "permission",
            label: writer.text("access.permission"),
            options: Permission.allCases.map { choice in
                OptionModel(value: choice.rawValue, label: writer.text(choice), isSelected: choice == permission)
            }
        )
        rows = grants.items.map { Row($0, visible: Set(lineage.map(\.id)), writer) }
        var query = QueryItems()
        query.add("permission", permission.rawValue)
        pager = .init("\(path)?\(query.encoded)", isFirst: isFirst, grants.nextPageToken)
        empty =
            rows.isEmpty
            ? EmptyModel(
                icon: "user",
                title: writer.text("access.noneTitle"),
                text: writer.text("access.noneText"),
                action: LinkModel(
                    href: Route.tenantPage(tenant.id).path + "#members",
                    label: writer.text("tenant.members"),
                    isPrimary: true
                )
            ) : nil
    }
}

extension TenantAccessPage.Row {
    fileprivate init(_ grant: AccessGrant, visible: Set<TenantID>, _ writer: Localizer) {
        let role = writer.roleName(grant.role, grant.roleName)
        let tenant = grant.tenantName ?? writer.text("tenant.furtherUp")
        let why: String
        if let group = grant.group {
            why = writer.text(
                "access.byGroup",
                ["role": .text(role), "group": .text(group.name), "tenant": .text(tenant)]
            )
        } else {
            why = writer.text("access.byRole", ["role": .text(role), "tenant": .text(tenant)])
        }
        self.init(
            name: grant.subject.name,
            email: grant.subject.email,
            why: why,
            note: grant.subject.token.map { writer.text("access.byToken", ["token": .text($0.name)]) },
            tenantHref: grant.tenantName == nil ? nil : Route.tenantPage(grant.tenantID).path,
            rules: grant.rules.map { TenantAccessPage.Rule($0, visible: visible, writer) }
        )
    }
}

extension TenantAccessPage.Rule {
    fileprivate init(_ restriction: AccessRestriction, visible: Set<TenantID>, _ writer: Localizer) {
        let look: StatusLook =
            switch restriction.outlook {
            case .passes: .good
            case .depends: .wait
            case .refuses: .bad
            }
        let badge = BadgeModel(writer.text(restriction.outlook), look)
        let rule = restriction.rule
        self.init(
            href: visible.contains(rule.tenantID) ? Route.accessRulePage(rule.id).path : nil,
            name: rule.content.name,
            badge: badge
        )
    }
}
