import Portal

extension [LinkModel] {
    /// The way to a page about a tenant: the tree, then the tenant.
    static func to(_ tenant: Tenant, _ names: TenantNames, _ writer: Localizer) -> [LinkModel] {
        [
            LinkModel(href: Route.tenantsPage.path, label: writer.text("tenants.title")),
            LinkModel(href: Route.tenantPage(tenant.id).path, label: names.path(tenant.id) ?? tenant.name),
        ]
    }

    /// The way to a page below a list of things that belong to a tenant: the tenant, then the list.
    static func to(_ tenant: Tenant, _ names: TenantNames, list: LinkModel) -> [LinkModel] {
        [LinkModel(href: Route.tenantPage(tenant.id).path, label: names.path(tenant.id) ?? tenant.name), list]
    }
}

/// The names of the tenants that a page mentions, looked up once for it.
struct TenantNames: Sendable {
    private let byID: [TenantID: Tenant]

    /// Names of tenants; those above them have to be among them to be named.
    init(_ lineage: [Tenant]) {
        byID = Dictionary(lineage.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// “Acme / Engineering / Payments”, from the outermost tenant that is visible; nil for one that is not.
    func path(_ id: TenantID) -> String? {
        guard let tenant = byID[id] else { return nil }
        return text(tenant.path)
    }

    /// “Acme / Engineering” for Payments; nil when nothing above it is visible.
    func path(above tenant: Tenant) -> String? {
        let text = text(tenant.path.dropLast())
        return text.isEmpty ? nil : text
    }

    /// Tenants as choices in the order of the tree.
    func options(_ offered: [Tenant], selected: TenantID?) -> [OptionModel] {
        offered.map { tenant in
            OptionModel(
                value: tenant.id.description,
                label: path(tenant.id) ?? tenant.name,
                isSelected: tenant.id == selected
            )
        }
        .sorted { ($0.label.lowercased(), $0.value) < ($1.label.lowercased(), $1.value) }
    }

    private func text(_ path: some Sequence<TenantID>) -> String {
        path.compactMap { byID[$0]?.name }.joined(separator: " / ")
    }
}
