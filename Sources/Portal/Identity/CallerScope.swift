import Postgres

/// What narrows a caller who came with an API token: a tenant, some permissions, or both.
///
/// The caller has the rights of the token's owner, as they are at the moment of the request, as far as they lie inside
/// of the scope. A scope never adds anything.
public struct CallerScope: Sendable, Hashable {
    /// The tenant, with its ancestors root first, whose subtree the token is for; nil for the whole organization.
    public let tenantPath: [TenantID]?
    /// What the token is for; nil for everything that its owner may do.
    public let permissions: Set<Permission>?

    /// A scope; without a value for both it narrows nothing.
    public init(tenantPath: [TenantID]? = nil, permissions: Set<Permission>? = nil) {
        self.tenantPath = tenantPath
        self.permissions = permissions
    }

    /// The tenant whose subtree the token is for.
    public var tenantID: TenantID? { tenantPath?.last }

    /// What is left of roles inside of the scope.
    func narrow(_ bindings: [RoleBinding]) -> [RoleBinding] {
        var narrowed = bindings
        if let tenantPath { narrowed = narrowed.compactMap { $0.confined(to: tenantPath) } }
        if let permissions { narrowed = narrowed.map { $0.limited(to: permissions) } }
        return narrowed
    }
}

extension CallerScope {
    /// Reads the columns of `CallerQueries.scopeColumns`; nil when the token does everything that its owner may do.
    init?(row: PostgresRow) throws {
        let path: [TenantID]? = try row.decode("scope_path")
        let permissions: [String]? = try row.decode("scope_permissions")
        if path == nil, permissions == nil { return nil }
        self.init(tenantPath: path, permissions: permissions.map { Permission.known($0) })
    }
}
