extension Caller {
    /// Guards giving and taking: nobody can give, or take from others, what they do not have themselves.
    ///
    /// It stands before everything that changes what somebody may do: role bindings, the permissions of a role that may be
    /// bound, the members of a group, and links and tokens by which one acts as another.
    ///
    /// - Parameters:
    ///   - permissions: What the change gives or takes.
    ///   - path: Where it does.
    /// - Throws: `PortalError` `.forbidden` with the first missing permission in the order of `Permission`.
    func requireAll(_ permissions: Set<Permission>, onPath path: [TenantID]) throws(PortalError) {
        let own = self.permissions(onPath: path)
        guard !permissions.isSubset(of: own) else { return }
        if let missing = Permission.allCases.first(where: { permissions.contains($0) && !own.contains($0) }) {
            throw .forbidden(missing)
        }
    }

    /// Guards what makes the caller, or somebody of their choice, the holder of these roles.
    ///
    /// - Throws: As `requireAll(_:onPath:)`.
    func requireAll(of bindings: [RoleBinding]) throws(PortalError) {
        for binding in bindings { try requireAll(binding.permissions, onPath: binding.tenantPath) }
    }
}
