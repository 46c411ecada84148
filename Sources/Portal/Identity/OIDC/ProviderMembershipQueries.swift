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
        SELECT b.tenant_id, t.name AS tenant_name, t.path AS tenant_path, b.role, b.role_id, r.name AS role_name,
            r.permissions AS role_permissions
        FROM role_bindings AS b
        JOIN tenants AS t ON t.id = b.tenant_id
        LEFT JOIN roles AS r ON r.id = b.role_id
        WHERE b.user_id = \(userID) AND b.managed_by = \(provider)
        ORDER BY b.tenant_id, b.role, b.role_id
        LIMIT \(rowsMax)
        """
    }

    /// The role with an id that can be given at a tenant with a path, locked against changes; at most one row.
    static func role(_ id: RoleID, onPath path: [TenantID]) -> SQL {
        """
        SELECT NULL::text AS role, r.id AS role_id, r.name AS role_name, r.permissions AS role_permissions
        FROM roles AS r
        WHERE r.id = \(id) AND r.tenant_id = ANY(\(path)::uuid[])
        FOR SHARE
        """
    }

    /// The role with a name that can be given at a tenant with a path, locked against changes; at most one row.
    ///
    /// Of several it is the one that was made furthest up, so that nobody further down can put another in its place.
    /// Index `roles_name_is_unique_in_tenant`.
    static func role(named name: String, onPath path: [TenantID]) -> SQL {
        """
        SELECT NULL::text AS role, r.id AS role_id, r.name AS role_name, r.permissions AS role_permissions
        FROM roles AS r
        WHERE r.tenant_id = ANY(\(path)::uuid[]) AND lower(r.name) = lower(\(name))
        ORDER BY array_position(\(path)::uuid[], r.tenant_id)
        LIMIT 1
        FOR SHARE
        """
    }

    /// Gives a role; does nothing when the user has it already, from whomever.
    static func bind(
        _ userID: UserID,
        role: RoleReference,
        at tenantID: TenantID,
        provider: String,
        time: Date
    ) -> SQL {
        """
        INSERT INTO role_bindings (tenant_id, user_id, role, role_id, managed_by, created_at)
        VALUES (\(tenantID), \(userID), \(role.builtIn), \(role.customID), \(provider), \(time))
        ON CONFLICT DO NOTHING
        """
    }

    /// Takes a role that the provider gave.
    static func unbind(_ userID: UserID, role: RoleReference, at tenantID: TenantID, provider: String) -> SQL {
        """
        DELETE FROM role_bindings
        WHERE tenant_id = \(tenantID) AND user_id = \(userID) AND managed_by = \(provider)
            AND role IS NOT DISTINCT FROM \(role.builtIn)::text
            AND role_id IS NOT DISTINCT FROM \(role.customID)::uuid
        """
    }
}
