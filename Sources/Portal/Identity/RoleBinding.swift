/// A role that a user holds at a tenant and so in its whole subtree.
public struct RoleBinding: Sendable, Hashable {
    /// Where the role is held.
    public let tenantID: TenantID
    /// The tenant and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// The role.
    public let role: Role
    /// What the role permits.
    public let permissions: Set<Permission>

    /// A binding of a built-in role; `tenantPath` ends with `tenantID`.
    public init(tenantID: TenantID, tenantPath: [TenantID], role: Role) {
        self.tenantID = tenantID
        self.tenantPath = tenantPath
        self.role = role
        permissions = role.permissions
    }

    /// True when the binding is at the root of the tree.
    public var isAtRoot: Bool { tenantPath.count == 1 }

    /// Whether the role is held for the tenant with this path.
    public func covers(_ path: [TenantID]) -> Bool {
        path.contains(tenantID)
    }
}
