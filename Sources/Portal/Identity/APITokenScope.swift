import Postgres

/// What a new API token is for, when that is less than everything its owner may do.
///
/// A token has the rights of its owner at the time of each use, as far as they lie inside of its scope.
public struct APITokenScope: Sendable, Hashable {
    /// Only the subtree of this tenant; nil for the whole organization.
    public var tenantID: TenantID?
    /// Only these permissions; nil for all.
    public var permissions: Set<Permission>?

    /// A scope; without a value for both it narrows nothing.
    public init(tenantID: TenantID? = nil, permissions: Set<Permission>? = nil) {
        self.tenantID = tenantID
        self.permissions = permissions
    }

    /// The scope of a token that a caller makes: complete, and inside of the scope of the token that they came with, so
    /// that no token can make one that does more.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `tenantId` or `permissions`, `.forbidden` for a permission that the
    ///   caller's own token has not; `PostgresError`.
    func checked(for caller: Caller, in connection: some PostgresQueryable) async throws -> APITokenScope {
        var scope = self
        if let wanted = permissions {
            guard !wanted.isEmpty else {
                throw PortalError.invalid("permissions", FieldErrorCode.required, "must name at least one permission")
            }
            let complete = Permission.complete(wanted)
            if let own = caller.scope?.permissions,
                let missing = Permission.allCases.first(where: { complete.contains($0) && !own.contains($0) })
            {
                throw PortalError.forbidden(missing)
            }
            scope.permissions = complete
        } else {
            scope.permissions = caller.scope?.permissions
        }
        guard let tenantID else {
            scope.tenantID = caller.scope?.tenantID
            return scope
        }
        let row = try await connection.query(TenantQueries.byID(tenantID)).first
        guard let path = try row.map({ try Tenant(row: $0).path }), caller.has(.tenantsRead, onPath: path) else {
            throw PortalError.invalid("tenantId", FieldErrorCode.notFound, "is no tenant that you can see")
        }
        return scope
    }
}
