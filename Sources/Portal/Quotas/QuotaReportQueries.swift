import FoundationEssentials
import Postgres

/// The SQL of what people see of quotas; no locks.
enum QuotaReportQueries {
    /// The tenants of a path with their settings, root first: `id`, `name`, `is_strict`, `version`.
    static func levels(_ path: [TenantID]) -> SQL {
        """
        SELECT t.id, t.name, coalesce(q.is_strict, false) AS is_strict, coalesce(q.version, 0) AS version
        FROM tenants AS t
        LEFT JOIN tenant_quotas AS q ON q.tenant_id = t.id
        WHERE t.id = ANY(\(path)::uuid[])
        ORDER BY cardinality(t.path), t.id
        LIMIT \(PortalLimits.Tenants.depthMax)
        """
    }

    /// The limits that count at some tenants: `tenant_id`, `dimension`, `amount`, `user_cap`, `overcommit`.
    static func limits(_ tenants: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT tenant_id, dimension, amount, user_cap, overcommit
        FROM quota_effective_limits
        WHERE tenant_id = ANY(\(tenants)::uuid[])
        ORDER BY tenant_id, dimension
        LIMIT \(rowsMax)
        """
    }

    /// What the subtrees of some tenants use: `tenant_id`, `dimension`, `used`, `guaranteed`, `batch`, `held`.
    static func usage(_ tenants: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT tenant_id, dimension, used, guaranteed, batch, held
        FROM quota_usage
        WHERE tenant_id = ANY(\(tenants)::uuid[])
        ORDER BY tenant_id, dimension
        LIMIT \(rowsMax)
        """
    }

    /// What the live children of some tenants have cut out of them, a row a tenant and dimension: `tenant_id`,
    /// `dimension`, `amount`, `bound`, `used`, `guaranteed`, `batch`.
    ///
    /// Index `tenants_name_is_unique_in_parent`.
    static func slices(of tenants: [TenantID], rowsMax: Int) -> SQL {
        """
        SELECT child.parent_id AS tenant_id, l.dimension,
            least(sum(l.amount), 9223372036854775807)::bigint AS amount,
            least(sum(quota_bound(l.amount, l.overcommit)), 9223372036854775807)::bigint AS bound,
            coalesce(sum(u.used), 0)::bigint AS used, coalesce(sum(u.guaranteed), 0)::bigint AS guaranteed,
            coalesce(sum(u.batch), 0)::bigint AS batch
        FROM tenants AS child
        JOIN quota_effective_limits AS l ON l.tenant_id = child.id AND l.amount IS NOT NULL
        LEFT JOIN quota_usage AS u ON u.tenant_id = child.id AND u.dimension = l.dimension
        WHERE child.parent_id = ANY(\(tenants)::uuid[]) AND child.archived_at IS NULL
        GROUP BY child.parent_id, l.dimension
        ORDER BY child.parent_id, l.dimension
        LIMIT \(rowsMax)
        """
    }

    /// What the vclusters of a tenant itself take, without those of the tenants below: `dimension`, `amount`.
    ///
    /// Index `quota_reservations_by_tenant`.
    static func ownUse(of tenantID: TenantID, rowsMax: Int) -> SQL {
        """
        SELECT a.dimension, sum(a.amount)::bigint AS amount
        FROM quota_reservations AS r
        CROSS JOIN LATERAL (
            SELECT d.dimension, d.amount
            FROM unnest(quota_dimensions(), r.amounts::bigint[]) AS d (dimension, amount)
            UNION ALL
            SELECT e.key, e.value::bigint
            FROM jsonb_each_text(r.extended) AS e
        ) AS a
        WHERE r.tenant_id = \(tenantID)
        GROUP BY a.dimension
        ORDER BY a.dimension
        LIMIT \(rowsMax)
        """
    }

    /// What the users with most have in a subtree, for each dimension that is asked for: `dimension`, `amount`.
    static func largestOwners(in tenantID: TenantID, dimensions: [QuotaDimension]) -> SQL {
        """
        SELECT a.dimension, max(a.amount)::bigint AS amount
        FROM (
            SELECT d.dimension, r.owner_id, sum(
                coalesce(
                    r.amounts[array_position(quota_dimensions(), d.dimension)], (r.extended ->> d.dimension)::bigint, 0
                )
            ) AS amount
            FROM quota_reservations AS r
            JOIN tenants AS t ON t.id = r.tenant_id
            CROSS JOIN unnest(\(dimensions.map(\.name))::text[]) AS d (dimension)
            WHERE t.path @> ARRAY[\(tenantID)]::uuid[] AND r.owner_id IS NOT NULL
            GROUP BY d.dimension, r.owner_id
        ) AS a
        GROUP BY a.dimension
        ORDER BY a.dimension
        LIMIT \(dimensions.count)
        """
    }

    /// What each user has in a subtree, and below some other tenants, for the dimensions that are capped there:
    /// `owner_id`, `place` (0 the subtree, 1 … the others in their order), `dimension`, `amount`.
    static func owners(
        of subtree: TenantID,
        below tenants: [TenantID],
        dimensions: [QuotaDimension],
        rowsMax: Int
    ) -> SQL {
        """
        SELECT r.owner_id, p.place - 1 AS place, d.dimension, sum(
            coalesce(
                r.amounts[array_position(quota_dimensions(), d.dimension)], (r.extended ->> d.dimension)::bigint, 0
            )
        )::bigint AS amount
        FROM unnest(\([subtree] + tenants)::uuid[]) WITH ORDINALITY AS p (id, place)
        JOIN tenants AS t ON t.path @> ARRAY[p.id]
        JOIN quota_reservations AS r ON r.tenant_id = t.id
        CROSS JOIN unnest(\(dimensions.map(\.name))::text[]) AS d (dimension)
        WHERE r.owner_id IN (
            SELECT mine.owner_id
            FROM quota_reservations AS mine
            JOIN tenants AS place ON place.id = mine.tenant_id
            WHERE place.path @> ARRAY[\(subtree)]::uuid[] AND mine.owner_id IS NOT NULL
        )
        GROUP BY r.owner_id, p.place, d.dimension
        ORDER BY r.owner_id, p.place, d.dimension
        LIMIT \(rowsMax)
        """
    }
}
