import FoundationEssentials
import Postgres

/// The SQL of the question who may do something, and why.
enum AccessQueries {
    /// A page of the chains by which active users and working tokens have a permission on a path, by e-mail.
    ///
    /// Index `role_bindings_are_unique` by the ids of the path, of which there are at most eight; `builtIn` are the
    /// built-in roles with the permission.
    static func page(
        _ permission: Permission,
        builtIn: [Role],
        onPath path: [TenantID],
        at time: Date,
        after cursor: AccessCursor?,
        rowsMax: Int
    ) -> SQL {
        var place: SQL = "true"
        if let cursor { place = "(u.email, u.id, b.id) > (\(cursor.email), \(cursor.userID), \(cursor.bindingID))" }
        return """
            SELECT u.id AS user_id, u.email, u.name AS user_name, u.kind AS user_kind, u.away_from,
                u.away_until, b.id AS binding_id,
                \(sql: CallerQueries.bindingColumns), t.name AS tenant_name, g.name AS group_name, k.name AS token_name
            FROM role_bindings AS b
            \(sql: CallerQueries.bindingJoins)
            LEFT JOIN groups AS g ON g.id = b.group_id
            LEFT JOIN group_members AS m ON m.group_id = b.group_id
            LEFT JOIN api_tokens AS k ON k.id = b.token_id
            JOIN users AS u ON u.id = coalesce(b.user_id, m.user_id, k.user_id)
            WHERE b.tenant_id = ANY(\(path)::uuid[])
                AND (b.role = ANY(\(builtIn.map(\.rawValue))::text[]) OR \(permission)::text = ANY(r.permissions))
                AND u.disabled_at IS NULL AND u.invited_at IS NULL
                AND (k.id IS NULL OR (\(sql: isUsable(at: time))
                    AND (k.scope_tenant_id IS NULL OR k.scope_tenant_id = ANY(\(path)::uuid[]))
                    AND (k.scope_permissions IS NULL OR \(permission)::text = ANY(k.scope_permissions))))
                AND \(sql: place)
            ORDER BY u.email, u.id, b.id
            LIMIT \(rowsMax)
            """
    }

    /// The roles that some users have on a path, directly and through groups, by user.
    static func roles(of userIDs: [UserID], onPath path: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT u.id AS user_id, \(sql: CallerQueries.bindingColumns)
        FROM users AS u
        \(sql: CallerQueries.bindingsOfUser)
        WHERE u.id = ANY (\(userIDs)::uuid[]) AND b.tenant_id = ANY (\(path)::uuid[])
        ORDER BY u.id, \(sql: CallerQueries.bindingOrder)
        LIMIT \(rowsMax)
        """
    }

    /// The groups that some users are in, by user; index `group_members_by_user`.
    static func groups(of userIDs: [UserID], rowsMax: Int) -> SQL {
        """
        SELECT user_id, group_id
        FROM group_members
        WHERE user_id = ANY (\(userIDs)::uuid[])
        ORDER BY user_id, group_id
        LIMIT \(rowsMax)
        """
    }

    private static func isUsable(at time: Date) -> SQL {
        "k.revoked_at IS NULL AND k.expires_at > \(time)"
    }
}

extension Permission: PostgresCodable {}

/// A place in the list of grants.
struct AccessCursor: Sendable {
    var email: String
    var userID: UserID
    var bindingID: RoleBindingID
}
