import Postgres

extension Caller {
    /// Reads the rows of `SessionQueries.caller` or `APITokenQueries.caller`, of which there is at least one.
    init(first: PostgresRow, rows: [PostgresRow], via: Credential, requestID: String?) throws {
        self.init(
            user: try User(row: first),
            bindings: try rows.compactMap { row in
                guard let tenantID = try row.decode("tenant_id", as: TenantID?.self) else { return nil }
                return RoleBinding(
                    tenantID: tenantID,
                    tenantPath: try row.decode("tenant_path"),
                    role: try row.decode("role")
                )
            },
            via: via,
            requestID: requestID
        )
    }
}
