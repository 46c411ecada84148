import Postgres

/// The SQL of those who can raise limits.
enum QuotaContactQueries {
    /// The names of active users who manage quotas at a tenant or above it, by themselves or in a group, nearest first, at
    /// most `limit`: `name`.
    ///
    /// Index `role_bindings_are_unique` by the ids of the path; `builtIn` are the built-in roles with the permission.
    static func managers(onPath path: [TenantID], builtIn: [Role], limit: Int) -> SQL {
        """
        SELECT u.name
        FROM role_bindings AS b
        JOIN tenants AS t ON t.id = b.tenant_id
        LEFT JOIN roles AS r ON r.id = b.role_id
        LEFT JOIN group_members AS m ON m.group_id = b.group_id
        JOIN users AS u ON u.id = coalesce(b.user_id, m.user_id)
        WHERE b.tenant_id = ANY(\(path)::uuid[]) AND u.disabled_at IS NULL
            AND (b.role = ANY(\(builtIn.map(\.rawValue))::text[])
                OR \(Permission.quotasManage)::text = ANY(r.permissions))
        GROUP BY u.id, u.name
        ORDER BY max(cardinality(t.path)) DESC, u.name, u.id
        LIMIT \(limit)
        """
    }
}
