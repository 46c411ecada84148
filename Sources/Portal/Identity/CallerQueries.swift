import Postgres

/// The parts of SQL that say which roles a caller has: directly, through groups, and through the API token itself.
///
/// They stand in the one query that authenticates a request. Indexes `role_bindings_by_user`, `group_members_by_user`,
/// `role_bindings_by_group`, `role_bindings_by_token` and the primary keys.
enum CallerQueries {
    /// What `RoleBinding(row:)` reads.
    static let bindingColumns: SQL = """
        b.role, b.role_id, b.group_id, b.token_id, r.name AS role_name, r.permissions AS role_permissions,
        t.id AS tenant_id, t.path AS tenant_path
        """

    /// What `CallerScope(row:)` reads, from `api_tokens AS k` and `tenants AS scope`.
    static let scopeColumns: SQL = "scope.path AS scope_path, k.scope_permissions"

    /// Joins the role bindings of `users AS u`.
    static let bindingsOfUser: SQL = """
        LEFT JOIN LATERAL (\(sql: ofUser)) AS b ON true
        \(sql: bindingJoins)
        """

    /// Joins the role bindings of `users AS u` and those of `api_tokens AS k`; `b.is_lent` is true for those that the owner
    /// gave the token.
    static let bindingsOfToken: SQL = """
        LEFT JOIN LATERAL (\(sql: ofUser)
            UNION ALL
            SELECT d.tenant_id, d.role, d.role_id, d.group_id, d.token_id, coalesce(d.created_by = k.user_id, false)
            FROM role_bindings AS d
            WHERE d.token_id = k.id
        ) AS b ON true
        \(sql: bindingJoins)
        """

    /// Joins what the roles of `role_bindings AS b` are, and where they are held.
    static let bindingJoins: SQL = """
        LEFT JOIN tenants AS t ON t.id = b.tenant_id
        LEFT JOIN roles AS r ON r.id = b.role_id
        """

    /// Where a limit cuts, it cuts the same roles each time.
    static let bindingOrder: SQL = "t.path, b.role, b.role_id, b.group_id, b.token_id"

    private static let ofUser: SQL = """
        SELECT d.tenant_id, d.role, d.role_id, d.group_id, d.token_id, false AS is_lent
            FROM role_bindings AS d
            WHERE d.user_id = u.id
            UNION ALL
            SELECT d.tenant_id, d.role, d.role_id, d.group_id, d.token_id, false
            FROM group_members AS m
            JOIN role_bindings AS d ON d.group_id = m.group_id
            WHERE m.user_id = u.id
        """

    /// The roles of a user as they are now, without those of tokens; one row without a tenant when there are none.
    ///
    /// No row when there is no such user.
    static func bindings(of userID: UserID, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: bindingColumns)
        FROM users AS u
        \(sql: bindingsOfUser)
        WHERE u.id = \(userID)
        ORDER BY \(sql: bindingOrder)
        LIMIT \(rowsMax)
        """
    }

    /// The roles of a user with the names of their tenants, shallow ones first.
    static func memberships(of userID: UserID, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: bindingColumns), t.name AS tenant_name, g.name AS group_name
        FROM users AS u
        \(sql: bindingsOfUser)
        LEFT JOIN groups AS g ON g.id = b.group_id
        WHERE u.id = \(userID) AND t.id IS NOT NULL
        ORDER BY cardinality(t.path), t.name, t.id, b.role, b.role_id, b.group_id
        LIMIT \(rowsMax)
        """
    }
}
