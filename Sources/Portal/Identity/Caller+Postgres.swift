import Postgres

extension Caller {
    /// Reads the rows of `SessionQueries.caller` or `APITokenQueries.caller`, of which there is at least one.
    init(
        first: PostgresRow,
        rows: [PostgresRow],
        via: Credential,
        scope: CallerScope? = nil,
        requestID: String?
    ) throws {
        self.init(
            user: try User(row: first),
            bindings: try Self.bindings(rows, via: via),
            via: via,
            scope: scope,
            requestID: requestID
        )
    }

    /// The roles of a caller.
    ///
    /// A role that somebody gave their own token is worth what they have themselves at the time of the request: otherwise
    /// who is about to lose a role could keep it in a token.
    private static func bindings(_ rows: [PostgresRow], via: Credential) throws -> [RoleBinding] {
        let bindings = try rows.compactMap { try RoleBinding(row: $0) }
        guard case .token = via else { return bindings }
        let own = bindings.filter { $0.source != .token }
        return try rows.compactMap { row in
            guard let binding = try RoleBinding(row: row) else { return nil }
            guard try row.decode("is_lent", as: Bool?.self) == true else { return binding }
            let permissions = own.reduce(into: Set<Permission>()) { permissions, role in
                if role.covers(binding.tenantPath) { permissions.formUnion(role.permissions) }
            }
            let left = binding.limited(to: permissions)
            return left.permissions.isEmpty ? nil : left
        }
    }
}
