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
            bindings: try rows.compactMap { try RoleBinding(row: $0) },
            via: via,
            scope: scope,
            requestID: requestID
        )
    }
}
