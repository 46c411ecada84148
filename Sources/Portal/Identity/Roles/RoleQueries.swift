import FoundationEssentials
import Postgres

/// The SQL of custom roles.
enum RoleQueries {
    /// What `RoleDefinition(row:)` reads, from `roles AS r`.
    private static let columns: SQL = """
        r.id AS role_id, r.name AS role_name, r.description AS role_description, r.tenant_id AS role_tenant_id,
        r.permissions AS role_permissions, r.version AS role_version, r.created_at AS role_created_at,
        r.updated_at AS role_updated_at
        """

    /// One role with the path of its tenant; who may see it is decided on that path.
    static func byID(_ id: RoleID) -> SQL {
        """
        SELECT \(sql: columns), t.path AS tenant_path
        FROM roles AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        WHERE r.id = \(id)
        """
    }

    /// One role, locked against every other change and against being given.
    static func byIDForUpdate(_ id: RoleID) -> SQL {
        byID(id) + " FOR UPDATE OF r"
    }

    /// One role, locked against changes; others may give it too.
    static func byIDForShare(_ id: RoleID) -> SQL {
        byID(id) + " FOR SHARE OF r"
    }

    /// A page of the roles that were made in some subtrees or at one of some tenants above them, by time of creation.
    ///
    /// Primary key; with few roles a scan, as there are far fewer roles than tenants.
    static func page(
        visibleTo visibility: Caller.Visibility,
        above ancestors: [TenantID],
        after id: RoleID?,
        rowsMax: Int
    ) -> SQL {
        """
        SELECT \(sql: columns)
        FROM roles AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        WHERE (r.tenant_id = ANY(\(ancestors)::uuid[]) OR \(sql: TenantQueries.isVisible(to: visibility)))
            AND (\(id)::uuid IS NULL OR r.id > \(id))
        ORDER BY r.id
        LIMIT \(rowsMax)
        """
    }

    /// A page of the roles that were made at one of some tenants; index `roles_name_is_unique_in_tenant`.
    static func page(at tenants: [TenantID], after id: RoleID?, rowsMax: Int) -> SQL {
        page(visibleTo: .subtrees([]), above: tenants, after: id, rowsMax: rowsMax)
    }

    /// How many roles were made at a tenant; index `roles_name_is_unique_in_tenant`.
    static func count(at tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS roles
        FROM roles
        WHERE tenant_id = \(tenantID)
        """
    }

    /// Adds a role; violates `roles_name_is_unique_in_tenant`.
    static func insert(_ role: NewRole, id: RoleID, tenantID: TenantID, createdBy: UserID?, at time: Date) -> SQL {
        """
        INSERT INTO roles (id, tenant_id, name, description, permissions, created_by, created_at, updated_at)
        VALUES (\(id), \(tenantID), \(role.name), \(role.description), \(Permission.names(role.permissions)),
            \(createdBy), \(time), \(time))
        """
    }

    /// Writes a role; violates `roles_name_is_unique_in_tenant`.
    static func update(_ id: RoleID, to role: NewRole, at time: Date) -> SQL {
        """
        UPDATE roles
        SET name = \(role.name), description = \(role.description),
            permissions = \(Permission.names(role.permissions)), version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Removes a role; violates a foreign key while somebody holds it.
    static func delete(_ id: RoleID) -> SQL {
        """
        DELETE FROM roles
        WHERE id = \(id)
        """
    }

    /// Whether somebody below a tenant holds a role that was made outside of a path: one row `stray`, which is the name
    /// of such a role, or no row.
    ///
    /// For moves of a subtree: a role can be given only at the tenant where it was made and below.
    static func stray(below tenantID: TenantID, path: [TenantID]) -> SQL {
        """
        SELECT r.name AS stray
        FROM tenants AS t
        JOIN role_bindings AS b ON b.tenant_id = t.id
        JOIN roles AS r ON r.id = b.role_id
        JOIN tenants AS home ON home.id = r.tenant_id
        WHERE \(sql: SubtreeQueries.lies("t.path", in: [tenantID])) AND NOT home.path @> \([tenantID])::uuid[]
            AND NOT r.tenant_id = ANY(\(path)::uuid[])
        ORDER BY r.id
        LIMIT 1
        """
    }
}
