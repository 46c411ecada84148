import Portal

/// The names of the tenants a reader sees, looked up once for a page.
struct TenantNames: Sendable {
    /// The tree the names come from.
    let tree: TenantTree

    private let tenants: [TenantID: Tenant]

    /// Reads a tree.
    init(_ tree: TenantTree) {
        self.tree = tree
        tenants = Dictionary(tree.tenants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// “Acme / Engineering / Payments”, from the outermost tenant that is visible; nil for one that is not.
    func path(_ id: TenantID) -> String? {
        guard let tenant = tenants[id] else { return nil }
        return tenant.path.compactMap { tenants[$0]?.name }.joined(separator: " / ")
    }

    /// The visible tenants as choices in the order of the tree.
    func options(selected: TenantID?, where isOffered: (Tenant) -> Bool = { _ in true }) -> [OptionModel] {
        tree.tenants.filter(isOffered).map { tenant in
            OptionModel(
                value: tenant.id.description,
                label: path(tenant.id) ?? tenant.name,
                isSelected: tenant.id == selected
            )
        }
    }
}
