import FoundationEssentials
import JSON
import Postgres

/// The SQL of access rules.
enum AccessRuleQueries {
    private static let columns: SQL = """
        r.id AS rule_id, t.path AS tenant_path, t.name AS tenant_name, r.name, r.description, r.effect, r.permissions,
        r.subject_kind, r.subject_reference, r.conditions, r.enabled, r.version, r.created_at, r.updated_at
        """

    private static let tables: SQL = "access_rules AS r JOIN tenants AS t ON t.id = r.tenant_id"

    /// One rule by primary key.
    static func byID(_ id: AccessRuleID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE r.id = \(id)
        """
    }

    /// One rule, locked against other changes until the end of the transaction.
    static func byIDForUpdate(_ id: AccessRuleID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE OF r"
    }

    /// The rules of some tenants, which are one path, root first; index `access_rules_by_tenant`.
    static func onPath(_ path: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE r.tenant_id = ANY (\(path)::uuid[])
        ORDER BY cardinality(t.path), r.id
        LIMIT \(rowsMax)
        """
    }

    /// A page of the rules at the tenants that are visible, by time of creation; at one of them when it is given.
    static func page(
        of tenantID: TenantID?,
        visibleTo visibility: Caller.Visibility,
        after id: AccessRuleID?,
        rowsMax: Int
    ) -> SQL {
        var conditions: [SQL] = [TenantQueries.isVisible(to: visibility)]
        if let tenantID { conditions.append("r.tenant_id = \(tenantID)") }
        if let id { conditions.append("r.id > \(id)") }
        return """
            SELECT \(sql: columns)
            FROM \(sql: tables)
            WHERE \(sql: conditions.joined(separator: " AND "))
            ORDER BY r.id
            LIMIT \(rowsMax)
            """
    }

    /// The groups that a user is in, whether or not they give a role; index `group_members_by_user`.
    static func groups(of userID: UserID, rowsMax: Int) -> SQL {
        """
        SELECT group_id
        FROM group_members
        WHERE user_id = \(userID)
        ORDER BY group_id
        LIMIT \(rowsMax)
        """
    }

    /// One row: how many of some hosts there are; primary key.
    static func countHosts(_ ids: Set<HostID>) -> SQL {
        """
        SELECT count(*) AS hosts
        FROM hosts
        WHERE id = ANY (\(ids.sorted())::uuid[])
        """
    }

    /// The names of some custom roles with the paths of their tenants; primary key.
    static func roleNames(_ ids: Set<RoleID>, rowsMax: Int) -> SQL {
        names(in: "roles", ids.sorted(), rowsMax: rowsMax)
    }

    /// The names of some groups with the paths of their tenants; primary key.
    static func groupNames(_ ids: Set<GroupID>, rowsMax: Int) -> SQL {
        names(in: "groups", ids.sorted(), rowsMax: rowsMax)
    }

    /// The names in a table of things that belong to tenants: `id`, `name`, `tenant_path`.
    private static func names<Entity>(in table: SQL, _ ids: [TypedID<Entity>], rowsMax: Int) -> SQL {
        """
        SELECT x.id, x.name, t.path AS tenant_path
        FROM \(sql: table) AS x
        JOIN tenants AS t ON t.id = x.tenant_id
        WHERE x.id = ANY (\(ids)::uuid[])
        ORDER BY x.id
        LIMIT \(rowsMax)
        """
    }

    /// The names of some users; primary key.
    static func userNames(_ ids: Set<UserID>, rowsMax: Int) -> SQL {
        """
        SELECT x.id, x.name, x.email
        FROM users AS x
        WHERE x.id = ANY (\(ids.sorted())::uuid[])
        ORDER BY x.id
        LIMIT \(rowsMax)
        """
    }

    /// The names of some hosts; primary key.
    static func hostNames(_ ids: Set<HostID>, rowsMax: Int) -> SQL {
        """
        SELECT x.id, x.name
        FROM hosts AS x
        WHERE x.id = ANY (\(ids.sorted())::uuid[])
        ORDER BY x.id
        LIMIT \(rowsMax)
        """
    }

    /// One row: how many rules a tenant has.
    static func count(of tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS rules
        FROM access_rules
        WHERE tenant_id = \(tenantID)
        """
    }

    /// Adds a rule; violates `access_rules_name_is_unique_in_tenant`.
    static func insert(
        _ id: AccessRuleID,
        _ content: AccessRuleContent,
        tenantID: TenantID,
        createdBy: UserID?,
        at time: Date
    ) -> SQL {
        """
        INSERT INTO access_rules (id, tenant_id, created_by, created_at, updated_at, enabled, effect, subject_kind,
            subject_reference, name, description, permissions, conditions)
        VALUES (\(id), \(tenantID), \(createdBy), \(time), \(time), \(content.isEnabled), \(content.effect),
            \(content.subject.kind), \(content.subject.reference), \(content.name), \(content.description),
            \(content.permissions.map(\.rawValue)), \(content.conditions.json))
        """
    }

    /// Writes back what a locked rule says; violates `access_rules_name_is_unique_in_tenant`.
    static func update(_ id: AccessRuleID, _ content: AccessRuleContent, at time: Date) -> SQL {
        """
        UPDATE access_rules
        SET enabled = \(content.isEnabled), effect = \(content.effect), subject_kind = \(content.subject.kind),
            subject_reference = \(content.subject.reference), name = \(content.name),
            description = \(content.description), permissions = \(content.permissions.map(\.rawValue)),
            conditions = \(content.conditions.json), version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Removes a rule.
    static func delete(_ id: AccessRuleID) -> SQL {
        """
        DELETE FROM access_rules
        WHERE id = \(id)
        """
    }
}
