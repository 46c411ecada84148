import Postgres

/// The SQL of preemption: batch vclusters that are on their way to be suspended or deleted count as suspended everywhere.
enum PreemptorQueries {
    /// Hosts with batch vclusters that run, with the columns of `HostRoomQueries.room`.
    static func hosts(limit: Int) -> SQL {
        """
        SELECT h.id, h.name, h.driver, h.settings, h.cpu_capacity, h.memory_capacity, h.capacity_at,
            l.cpu_used, l.cpu_guaranteed, l.cpu_batch - leaving.cpu AS cpu_batch,
            l.memory_used, l.memory_guaranteed, l.memory_batch - leaving.memory AS memory_batch
        FROM hosts AS h
        CROSS JOIN LATERAL host_load(h.id, NULL) AS l
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.amounts[2]), 0)::bigint AS cpu, coalesce(sum(r.amounts[3]), 0)::bigint AS memory
            FROM vclusters AS v
            JOIN quota_reservations AS r ON r.id = v.id
            WHERE v.host_id = h.id AND v.purged_at IS NULL AND v.phase IN ('SUSPENDING', 'DELETING') AND r.qos_class = 'batch'
        ) AS leaving
        WHERE h.cpu_capacity IS NOT NULL AND EXISTS (
            SELECT FROM vclusters AS v
            WHERE v.host_id = h.id AND v.purged_at IS NULL AND v.qos_class = 'batch' AND v.phase = 'RUNNING'
        )
        ORDER BY h.name
        LIMIT \(limit)
        """
    }

    /// Levels whose batch vclusters take more than the others leave of the limit: `tenant_id`, `name`, `dimension`, `excess`.
    static func tenants(limit: Int) -> SQL {
        """
        SELECT u.tenant_id, t.name, u.dimension,
            least(u.batch, u.used + u.batch - l.amount) - leaving.amount AS excess
        FROM quota_usage AS u
        JOIN tenants AS t ON t.id = u.tenant_id
        JOIN quota_effective_limits AS l ON l.tenant_id = u.tenant_id AND l.dimension = u.dimension
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(coalesce(
                r.amounts[array_position(quota_dimensions(), u.dimension)], (r.extended ->> u.dimension)::bigint, 0
            )), 0)::bigint AS amount
            FROM vclusters AS v
            JOIN tenants AS place ON place.id = v.tenant_id
            JOIN quota_reservations AS r ON r.id = v.id
            WHERE v.phase IN ('SUSPENDING', 'DELETING') AND v.purged_at IS NULL AND r.qos_class = 'batch'
                AND place.path @> ARRAY[u.tenant_id]
        ) AS leaving
        WHERE u.batch > 0 AND l.amount IS NOT NULL AND u.used + u.batch > l.amount
            AND u.batch > leaving.amount AND u.used + u.batch - leaving.amount > l.amount
        ORDER BY cardinality(t.path), u.tenant_id, u.dimension
        LIMIT \(limit)
        """
    }

    /// The newest batch vcluster of a place that runs and takes of a dimension: `id`, or no row.
    ///
    /// Locks the row; what another server has locked is skipped.
    static func candidate(_ place: Preemptor.Shortage.Place, in dimension: QuotaDimension) -> SQL {
        let there: SQL =
            switch place {
            case .host(let id): "v.host_id = \(id)"
            case .tenant(let id): "t.path @> ARRAY[\(id)]::uuid[]"
            }
        return """
            SELECT v.id
            FROM vclusters AS v
            JOIN tenants AS t ON t.id = v.tenant_id
            JOIN quota_reservations AS r ON r.id = v.id
            WHERE \(sql: there) AND v.purged_at IS NULL AND v.phase = 'RUNNING' AND v.active_operation_id IS NULL
                AND v.qos_class = 'batch'
                AND coalesce(
                    r.amounts[array_position(quota_dimensions(), \(dimension.name))],
                    (r.extended ->> \(dimension.name))::bigint, 0
                ) > 0
            ORDER BY v.created_at DESC, v.id DESC
            LIMIT 1
            FOR UPDATE OF v SKIP LOCKED
            """
    }
}
