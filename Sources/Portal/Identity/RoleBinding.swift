import Postgres

/// A role that a caller holds at a tenant and so in its whole subtree.
public struct RoleBinding: Sendable, Hashable {
    /// Where the role is held.
    public let tenantID: TenantID
    /// The tenant and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// The role.
    public let role: RoleReference
    /// What the role is called.
    public let roleName: String
    /// What it permits.
    public let permissions: Set<Permission>
    /// What holds it.
    public let source: Source

    /// What holds a role for a caller.
    public enum Source: Sendable, Hashable {
        /// The user.
        case user
        /// A group that the user is in.
        case group(GroupID)
        /// The API token that the caller came with.
        case token
    }

    /// A binding with every value; `tenantPath` ends with `tenantID`.
    public init(
        tenantID: TenantID,
        tenantPath: [TenantID],
        role: RoleReference,
        roleName: String,
        permissions: Set<Permission>,
        source: Source = .user
    ) {
        self.tenantID = tenantID
        self.tenantPath = tenantPath
        self.role = role
        self.roleName = roleName
        self.permissions = permissions
        self.source = source
    }

    /// A binding of a built-in role; `tenantPath` ends with `tenantID`.
    public init(tenantID: TenantID, tenantPath: [TenantID], role: Role, source: Source = .user) {
        self.init(
            tenantID: tenantID,
            tenantPath: tenantPath,
            role: .builtIn(role),
            roleName: role.rawValue,
            permissions: role.permissions,
            source: source
        )
    }

    /// True when the binding is at the root of the tree.
    public var isAtRoot: Bool { tenantPath.count == 1 }

    /// Whether the role is held for the tenant with this path.
    public func covers(_ path: [TenantID]) -> Bool {
        path.contains(tenantID)
    }

    /// What is left of the binding inside of the subtree of a tenant; nil when nothing is.
    func confined(to path: [TenantID]) -> RoleBinding? {
        guard let tenantID = path.last, !tenantPath.contains(tenantID) else { return self }
        guard covers(path) else { return nil }
        return RoleBinding(
            tenantID: tenantID,
            tenantPath: path,
            role: role,
            roleName: roleName,
            permissions: permissions,
            source: source
        )
    }

    /// The binding without what is not among `allowed`.
    func limited(to allowed: Set<Permission>) -> RoleBinding {
        RoleBinding(
            tenantID: tenantID,
            tenantPath: tenantPath,
            role: role,
            roleName: roleName,
            permissions: permissions.intersection(allowed),
            source: source
        )
    }
}

extension RoleBinding {
    /// Reads the columns of `CallerQueries.bindingColumns`; nil in the one row of somebody without roles.
    init?(row: PostgresRow) throws {
        guard let tenantID = try row.decode("tenant_id", as: TenantID?.self) else { return nil }
        let role = try RoleDefinition.Facts(row: row)
        let groupID: GroupID? = try row.decode("group_id")
        let tokenID: TokenID? = try row.decode("token_id")
        self.init(
            tenantID: tenantID,
            tenantPath: try row.decode("tenant_path"),
            role: role.reference,
            roleName: role.name,
            permissions: role.permissions,
            source: groupID.map { .group($0) } ?? (tokenID == nil ? .user : .token)
        )
    }
}
