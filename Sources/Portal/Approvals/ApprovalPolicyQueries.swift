import FoundationEssentials
import JSON
import Postgres

/// The SQL of approval policies.
enum ApprovalPolicyQueries {
    private static let columns: SQL = """
        p.id AS policy_id, t.path AS tenant_path, t.name AS tenant_name, p.name, p.description, p.position, p.verbs,
        p.conditions, p.steps, p.hold_hours, p.expiry_hours, p.enabled, p.version, p.created_at, p.updated_at
        """

    private static let tables: SQL = "approval_policies AS p JOIN tenants AS t ON t.id = p.tenant_id"

    /// One policy by primary key.
    static func byID(_ id: ApprovalPolicyID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE p.id = \(id)
        """
    }

    /// One policy, locked against other changes until the end of the transaction.
    static func byIDForUpdate(_ id: ApprovalPolicyID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE OF p"
    }

    /// The policies of some tenants, which are one path, in the order in which they are looked at; index
    /// `approval_policies_by_tenant`.
    static func onPath(_ path: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE p.tenant_id = ANY (\(path)::uuid[])
        ORDER BY cardinality(t.path), p.position, p.id
        LIMIT \(rowsMax)
        """
    }

    /// A page of the policies at the tenants that are visible, by time of creation; at one of them when it is given.
    static func page(
        of tenantID: TenantID?,
        visibleTo visibility: Caller.Visibility,
        after id: ApprovalPolicyID?,
        rowsMax: Int
    ) -> SQL {
        var conditions: [SQL] = [TenantQueries.isVisible(to: visibility)]
        if let tenantID { conditions.append("p.tenant_id = \(tenantID)") }
        if let id { conditions.append("p.id > \(id)") }
        return """
            SELECT \(sql: columns)
            FROM \(sql: tables)
            WHERE \(sql: conditions.joined(separator: " AND "))
            ORDER BY p.id
            LIMIT \(rowsMax)
            """
    }

    /// One row: how many policies a tenant has, and the largest position among them (0 without any).
    static func count(of tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS policies, coalesce(max(position), 0) AS last
        FROM approval_policies
        WHERE tenant_id = \(tenantID)
        """
    }

    /// One row: how many of some people could be asked: they exist and are no service accounts; primary key.
    static func countPeople(_ ids: Set<UserID>) -> SQL {
        """
        SELECT count(*) AS people
        FROM users
        WHERE id = ANY (\(ids.sorted())::uuid[]) AND kind = 'person'
        """
    }

    /// One row: how many of some templates there are; primary key.
    static func countTemplates(_ ids: Set<TemplateID>) -> SQL {
        """
        SELECT count(*) AS templates
        FROM templates
        WHERE id = ANY (\(ids.sorted())::uuid[])
        """
    }

    /// The names of some templates; primary key.
    static func templateNames(_ ids: Set<TemplateID>, rowsMax: Int) -> SQL {
        """
        SELECT x.id, x.name
        FROM templates AS x
        WHERE x.id = ANY (\(ids.sorted())::uuid[])
        ORDER BY x.id
        LIMIT \(rowsMax)
        """
    }

    /// Adds a policy; violates `approval_policies_name_is_unique_in_tenant`.
    static func insert(
        _ id: ApprovalPolicyID,
        _ content: ApprovalPolicyContent,
        position: Int,
        tenantID: TenantID,
        createdBy: UserID?,
        at time: Date
    ) -> SQL {
        """
        INSERT INTO approval_policies (id, tenant_id, created_by, created_at, updated_at, position, expiry_hours,
            hold_hours, enabled, name, description, verbs, conditions, steps)
        VALUES (\(id), \(tenantID), \(createdBy), \(time), \(time), \(position), \(content.expiryHours),
            \(content.holdHours), \(content.isEnabled), \(content.name), \(content.description),
            \(content.verbs.map(\.rawValue)), \(content.conditions.json), \(content.steps.json))
        """
    }

    /// Writes back what a locked policy says; violates `approval_policies_name_is_unique_in_tenant`.
    static func update(_ id: ApprovalPolicyID, _ content: ApprovalPolicyContent, at time: Date) -> SQL {
        """
        UPDATE approval_policies
        SET position = coalesce(\(content.position), position), expiry_hours = \(content.expiryHours),
            hold_hours = \(content.holdHours), enabled = \(content.isEnabled), name = \(content.name),
            description = \(content.description), verbs = \(content.verbs.map(\.rawValue)),
            conditions = \(content.conditions.json), steps = \(content.steps.json), version = version + 1,
            updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Removes a policy; the requests that wait because of it go on waiting.
    static func delete(_ id: ApprovalPolicyID) -> SQL {
        """
        DELETE FROM approval_policies
        WHERE id = \(id)
        """
    }
}
