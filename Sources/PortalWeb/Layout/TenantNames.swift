import Portal

/// The names of the tenants a reader sees, looked up once for a page.
struct TenantNames: Sendable {
    /// The tenants in the order of the tree.
    let tenants: [Tenant]

    private let byID: [TenantID: Tenant]

    /// Names of the tenants of a tree.
    init(_ tenants: [Tenant]) {
        self.tenants = tenants
        byID = Dictionary(tenants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// “Acme / Engineering / Payments”, from the outermost tenant that is visible; nil for one that is not.
    func path(_ id: TenantID) -> String? {
        guard let tenant = byID[id] else { return nil }
        return tenant.path.compactMap { byID[$0]?.name }.joined(separator: " / ")
    }

    /// The visible tenants as choices in the order of the tree.
    func options(selected: TenantID?, where isOffered: (Tenant) -> Bool = { _ in true }) -> [OptionModel] {
        tenants.filter(isOffered).map { tenant in
            OptionModel(
                value: tenant.id.description,
                label: path(tenant.id) ?? tenant.name,
                isSelected: tenant.id == selected
            )
        }
    }
}
