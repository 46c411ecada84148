import FoundationEssentials
import Postgres

/// The SQL of roles and groups that a provider gives and takes.
enum ProviderMembershipQueries {
    /// The tenant with an id, with its path.
    static func tenant(_ id: TenantID) -> SQL {
        """
        SELECT t.id AS tenant_id, t.name AS tenant_name, t.path AS tenant_path
        FROM tenants AS t
        WHERE t.id = \(id)
        """
    }

    /// The tenant that some names in lower case lead to, root first; at most one row.
    static func tenant(named names: [String]) -> SQL {
        """
        WITH RECURSIVE walk AS (
            SELECT t.id, t.name, t.path
            FROM tenants AS t
            WHERE t.parent_id IS NULL AND lower(t.name) = (\(names)::text[])[1]
            UNION ALL
            SELECT c.id, c.name, c.path
            FROM walk AS w
            JOIN tenants AS c ON c.parent_id = w.id
            WHERE lower(c.name) = (\(names)::text[])[cardinality(w.path) + 1]
        )
        SELECT id AS tenant_id, name AS tenant_name, path AS tenant_path
        FROM walk
        WHERE cardinality(path) = cardinality(\(names)::text[])
        ORDER BY id
        LIMIT 1
        """
    }

    /// The roles that a provider has given a user; index `role_bindings_by_user`.
    static func bindings(of userID: UserID, provider: String, rowsMax: Int) -> SQL {
        """
        SELECT b.tenant_id, t.name AS tenant_name, t.path AS tenant_path, b.role
        FROM role_bindings AS b
        JOIN tenants AS t ON t.id = b.tenant_id
        WHERE b.user_id = \(userID) AND b.managed_by = \(provider) AND b.role IS NOT NULL
        ORDER BY b.tenant_id, b.role
        LIMIT \(rowsMax)
        """
    }

    /// Gives a role; does nothing when the user has it already, from whomever.
    static func bind(_ userID: UserID, role: Role, at tenantID: TenantID, provider: String, time: Date) -> SQL {
        """
        INSERT INTO role_bindings (tenant_id, user_id, role, managed_by, created_at)
        VALUES (\(tenantID), \(userID), \(role), \(provider), \(time))
        ON CONFLICT DO NOTHING
        """
    }

    /// Takes a role that the provider gave.
    static func unbind(_ userID: UserID, role: Role, at tenantID: TenantID, provider: String) -> SQL {
        """
        DELETE FROM role_bindings
        WHERE tenant_id = \(tenantID) AND user_id = \(userID) AND role = \(role) AND managed_by = \(provider)
        """
    }
}
