import FoundationEssentials
@testable import Portal
import Postgres

/// What only the tests of quotas ask the database.
enum QuotaTestQueries {
    /// A user without a password.
    static func insertUser(_ id: UserID, name: String, at now: Date) -> SQL {
        """
        INSERT INTO users (id, email, name, password_hash, created_at, updated_at)
        VALUES (\(id), \("\(name)@acme.example"), \(name), '', \(now), \(now))
        """
    }

    /// Rewrites parent and paths of a subtree, the shallow ones first.
    static func move(_ tenant: Tenant, below parent: Tenant) -> SQL {
        """
        UPDATE tenants AS t SET
            parent_id = CASE WHEN t.id = \(tenant.id) THEN \(parent.id) ELSE t.parent_id END,
            path = \(parent.path)::uuid[] || t.path[\(tenant.depth)::integer:]
        WHERE t.path @> ARRAY[\(tenant.id)]::uuid[]
        """
    }

    /// The limits of CPU as admissions read them, by tenant: `cpu`.
    static func countedCPU(of ids: [TenantID]) -> SQL {
        "SELECT limits[2] AS cpu FROM quota_counters WHERE tenant_id = ANY (\(ids)::uuid[]) ORDER BY tenant_id"
    }

    /// Counters that are not the sum of the reservations below: `name`, `dimension`.
    static func drift() -> SQL {
        """
        WITH live AS (
            SELECT level.id AS tenant_id, d.dimension, r.qos_class, r.kind, d.amount
            FROM quota_reservations AS r
            JOIN tenants AS t ON t.id = r.tenant_id
            CROSS JOIN LATERAL unnest(t.path) AS level (id)
            CROSS JOIN LATERAL (
                SELECT * FROM unnest(quota_dimensions(), r.amounts::bigint[]) AS a (dimension, amount)
                UNION ALL
                SELECT key, value::bigint FROM jsonb_each_text(r.extended)
            ) AS d (dimension, amount)
        ), expected AS (
            SELECT tenant_id, dimension,
                coalesce(sum(amount) FILTER (WHERE qos_class <> 'batch' OR NOT is_idle), 0) AS used,
                coalesce(sum(amount) FILTER (WHERE qos_class = 'guaranteed'), 0) AS guaranteed,
                coalesce(sum(amount) FILTER (WHERE qos_class = 'batch' AND is_idle), 0) AS batch,
                coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0) AS held
            FROM (
                SELECT *, dimension NOT IN ('vclusters', 'storage', 'snapshotStorage') AS is_idle FROM live
            ) AS l
            GROUP BY tenant_id, dimension
        )
        SELECT t.name, coalesce(u.dimension, e.dimension) AS dimension
        FROM quota_usage AS u
        FULL JOIN expected AS e ON e.tenant_id = u.tenant_id AND e.dimension = u.dimension
        JOIN tenants AS t ON t.id = coalesce(u.tenant_id, e.tenant_id)
        WHERE (coalesce(u.used, 0), coalesce(u.guaranteed, 0), coalesce(u.batch, 0), coalesce(u.held, 0))
            <> (coalesce(e.used, 0), coalesce(e.guaranteed, 0), coalesce(e.batch, 0), coalesce(e.held, 0))
        ORDER BY t.name, 2
        """
    }
}
