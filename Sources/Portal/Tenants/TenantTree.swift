/// The part of the tree that a caller sees, in the order in which it is drawn.
public struct TenantTree: Sendable {
    /// Every visible tenant; a child follows its parent, siblings go by name.
    public let nodes: [Node]
    /// True when there are more tenants than `PortalLimits.Tenants.treeSizeMax`; the deepest are missing then.
    public let isTruncated: Bool

    /// A tenant in its place.
    public struct Node: Sendable, Hashable {
        /// The tenant.
        public let tenant: Tenant
        /// How far to indent it: 0 for a tenant whose parent is not visible.
        public let indent: Int
        /// Whether visible tenants are below.
        public let hasChildren: Bool
    }

    /// Orders tenants into a tree.
    ///
    /// Those without their parent among them are roots.
    init(_ tenants: [Tenant], isTruncated: Bool = false) {
        let known = Set(tenants.map(\.id))
        var children: [TenantID: [Tenant]] = [:]
        var roots: [Tenant] = []
        for tenant in tenants {
            if let parentID = tenant.parentID, known.contains(parentID) {
                children[parentID, default: []].append(tenant)
            } else {
                roots.append(tenant)
            }
        }
        func ordered(_ siblings: [Tenant]) -> [Tenant] {
            siblings.sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
        }
        var nodes: [Node] = []
        // A stack of our own; the last entry is the next to be drawn.
        var pending = ordered(roots).reversed().map { (tenant: $0, indent: 0) }
        while let (tenant, indent) = pending.popLast() {
            let below = ordered(children[tenant.id] ?? [])
            nodes.append(Node(tenant: tenant, indent: indent, hasChildren: !below.isEmpty))
            pending.append(contentsOf: below.reversed().map { (tenant: $0, indent: indent + 1) })
        }
        self.nodes = nodes
        self.isTruncated = isTruncated
    }

    /// The visible tenants in drawing order.
    public var tenants: [Tenant] { nodes.map(\.tenant) }

    /// The names from the outermost visible ancestor to a tenant; empty when the tenant is not visible.
    public func names(to id: TenantID) -> [String] {
        guard let tenant = nodes.first(where: { $0.tenant.id == id })?.tenant else { return [] }
        let names = Dictionary(nodes.map { ($0.tenant.id, $0.tenant.name) }, uniquingKeysWith: { first, _ in first })
        return tenant.path.compactMap { names[$0] }
    }
}
