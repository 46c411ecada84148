import FoundationEssentials
import Postgres

/// The SQL of moves and of archiving.
enum TenantMoveQueries {
    /// Two tenants, the shallow one first.
    static func pair(_ first: TenantID, _ second: TenantID) -> SQL {
        """
        SELECT \(sql: TenantQueries.columns)
        FROM tenants AS t
        WHERE t.id = ANY(\([first, second])::uuid[])
        ORDER BY cardinality(t.path), t.id
        LIMIT 2
        """
    }

    /// The same, locked against other changes until the end of the transaction.
    static func pairForUpdate(_ first: TenantID, _ second: TenantID) -> SQL {
        pair(first, second) + " FOR NO KEY UPDATE"
    }

    /// One row: how many tenants a subtree has, and the depth of its deepest; a scan of the table.
    static func extent(of id: TenantID) -> SQL {
        """
        SELECT count(*) AS tenants, coalesce(max(cardinality(t.path)), 0) AS deepest
        FROM tenants AS t
        WHERE t.path @> \([id])::uuid[]
        """
    }

    /// Moves a subtree below another tenant: every path in it changes in this one statement.
    ///
    /// A scan of the table. Violates `tenants_name_is_unique_in_parent`. The tree has to be locked, or a child that
    /// is added meanwhile keeps its old path and violates `tenants_path_continues_parent`.
    static func move(_ tenant: Tenant, to parent: Tenant, at time: Date) -> SQL {
        """
        UPDATE tenants AS t
        SET parent_id = CASE WHEN t.id = \(tenant.id) THEN \(parent.id) ELSE t.parent_id END,
            path = \(parent.path)::uuid[] || t.path[\(tenant.depth):],
            version = t.version + 1,
            updated_at = \(time)
        WHERE t.path @> \([tenant.id])::uuid[]
        """
    }

    /// Tells the watchers of both places about the vclusters of a subtree that has just moved.
    static func recordChanges(below id: TenantID, from path: [TenantID], to parent: Tenant, at time: Date) -> SQL {
        """
        WITH recorded AS (
            INSERT INTO changes (object_id, vcluster_id, tenant_id, created_at, kind, type, previous_path)
            SELECT v.id, v.id, v.tenant_id, \(time), 'vcluster', 'MODIFIED',
                \(path)::uuid[] || t.path[\(parent.depth + 1):]
            FROM tenants AS t
            JOIN vclusters AS v ON v.tenant_id = t.id
            WHERE t.path @> \([id])::uuid[] AND v.purged_at IS NULL
            ORDER BY v.id
        )
        SELECT pg_notify('portal_changes', '')
        """
    }

    /// The roles that are held at some tenants, root first; at most eight tenants.
    ///
    /// Index `role_bindings_are_unique`.
    static func rights(at tenantIDs: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT \(sql: CallerQueries.bindingColumns), t.name AS tenant_name,
            coalesce(u.email, g.name, k.name) AS holder
        FROM role_bindings AS b
        \(sql: CallerQueries.bindingJoins)
        LEFT JOIN users AS u ON u.id = b.user_id
        LEFT JOIN groups AS g ON g.id = b.group_id
        LEFT JOIN api_tokens AS k ON k.id = b.token_id
        WHERE b.tenant_id = ANY(\(tenantIDs)::uuid[])
        ORDER BY cardinality(t.path), coalesce(u.email, g.name, k.name), b.id
        LIMIT \(rowsMax)
        """
    }

    /// One row: what lives in a tenant itself, as `tenants` and `vclusters`.
    ///
    /// A deleted vcluster counts until it is purged: it can come back until then.
    static func contents(of id: TenantID) -> SQL {
        """
        SELECT
            (SELECT count(*) FROM tenants AS t WHERE t.parent_id = \(id) AND t.archived_at IS NULL) AS tenants,
            (SELECT count(*) FROM vclusters AS v WHERE v.tenant_id = \(id) AND v.purged_at IS NULL) AS vclusters
        """
    }

    /// Archives a tenant, or brings it back, and returns it.
    static func archive(_ id: TenantID, archivedAt: Date?, at time: Date) -> SQL {
        """
        UPDATE tenants AS t
        SET archived_at = \(archivedAt), version = t.version + 1, updated_at = \(time)
        WHERE t.id = \(id)
        RETURNING \(sql: TenantQueries.columns)
        """
    }
}
