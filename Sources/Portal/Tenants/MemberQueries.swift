import FoundationEssentials
import Postgres

/// The SQL of role bindings.
enum MemberQueries {
    /// The roles of a user with their tenants, shallow ones first; index `role_bindings_by_user`.
    static func bindings(of userID: UserID, rowsMax: Int) -> SQL {
        """
        SELECT b.role, t.id AS tenant_id, t.name AS tenant_name, t.path AS tenant_path
        FROM role_bindings AS b
        JOIN tenants AS t ON t.id = b.tenant_id
        WHERE b.user_id = \(userID)
        ORDER BY cardinality(t.path), t.name, t.id, b.role
        LIMIT \(rowsMax)
        """
    }

    /// A page of those who have a role at a tenant or at one of its ancestors, by e-mail.
    ///
    /// Primary key of `role_bindings` by the ids of the path, of which there are at most eight.
    static func page(onPath path: [TenantID], after cursor: MemberCursor?, rowsMax: Int) -> SQL {
        var condition: SQL = "b.tenant_id = ANY(\(path)::uuid[])"
        if let cursor {
            condition += " AND (u.email, b.role, t.id) > (\(cursor.email), \(cursor.role), \(cursor.tenantID))"
        }
        return """
            SELECT u.id AS user_id, u.email, u.name AS user_name, b.role, b.created_at AS bound_at, t.id AS tenant_id,
                t.name AS tenant_name, t.path AS tenant_path
            FROM role_bindings AS b
            JOIN users AS u ON u.id = b.user_id
            JOIN tenants AS t ON t.id = b.tenant_id
            WHERE \(sql: condition)
            ORDER BY u.email, b.role, t.id
            LIMIT \(rowsMax)
            """
    }

    /// Gives a role; changes nothing when the user has it there already.
    static func insert(_ userID: UserID, role: Role, tenantID: TenantID, createdBy: UserID?, at time: Date) -> SQL {
        """
        INSERT INTO role_bindings (tenant_id, user_id, role, created_by, created_at)
        VALUES (\(tenantID), \(userID), \(role), \(createdBy), \(time))
        ON CONFLICT (tenant_id, user_id, role) DO NOTHING
        """
    }

    /// Takes a role.
    static func delete(_ userID: UserID, role: Role, tenantID: TenantID) -> SQL {
        """
        DELETE FROM role_bindings
        WHERE tenant_id = \(tenantID) AND user_id = \(userID) AND role = \(role)
        """
    }

    /// How many active users have a role at a tenant itself.
    static func countActive(role: Role, tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS members
        FROM role_bindings AS b
        JOIN users AS u ON u.id = b.user_id
        WHERE b.tenant_id = \(tenantID) AND b.role = \(role) AND u.disabled_at IS NULL
        """
    }
}

/// A place in the list of members.
struct MemberCursor: Sendable {
    var email: String
    var role: String
    var tenantID: TenantID
}
