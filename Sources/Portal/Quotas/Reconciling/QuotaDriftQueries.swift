import FoundationEssentials
import Postgres

/// The SQL of the reconciler.
enum QuotaDriftQueries {
    /// Whether this transaction may reconcile: one row, `is_free`; false while another one does.
    static func tryLock() -> SQL {
        "SELECT pg_try_advisory_xact_lock(7163, 2) AS is_free"
    }

    /// Counters that are not the sum of the reservations below them: `tenant_id`, `name`, `dimension`, `counted`, `reserved`.
    ///
    /// Reads all reservations.
    static func drift(limit: Int) -> SQL {
        """
        SELECT d.tenant_id, t.name, t.path, d.dimension, d.counted, d.reserved
        FROM quota_drift() AS d
        JOIN tenants AS t ON t.id = d.tenant_id
        ORDER BY d.tenant_id, d.dimension
        LIMIT \(limit)
        """
    }

    /// Writes what is reserved into a counter; the caller holds the lock of all quotas.
    static func repair(_ drift: QuotaDrift) -> SQL {
        "SELECT quota_repair(\(drift.tenantID), \(drift.dimension.name), \(drift.reserved.stored))"
    }

    /// Takes the running vclusters that nobody has tried to compare for longest, and notes that somebody does now: `id`.
    ///
    /// A try that fails counts too, so that a host that does not answer keeps nobody else from their turn. The caller
    /// holds the lock of the reconciler, or two servers take the same ones.
    static func toCompare(before time: Date, at now: Date, limit: Int) -> SQL {
        """
        INSERT INTO quota_reports (vcluster_id, tried_at, exceeds)
        SELECT v.id, \(now), false
        FROM vclusters AS v
        LEFT JOIN quota_reports AS r ON r.vcluster_id = v.id
        WHERE v.phase = 'RUNNING' AND v.active_operation_id IS NULL AND v.purged_at IS NULL
            AND (r.tried_at IS NULL OR r.tried_at < \(time))
        ORDER BY r.tried_at NULLS FIRST, v.id
        LIMIT \(limit)
        ON CONFLICT (vcluster_id) DO UPDATE SET tried_at = excluded.tried_at
        RETURNING vcluster_id AS id
        """
    }

    /// Writes down what a host reports of a vcluster, beside what that has reserved now.
    ///
    /// A dimension that the host does not tell is −1, and exceeds nothing.
    static func report(_ requested: [Int64], of id: VClusterID, at now: Date) -> SQL {
        """
        INSERT INTO quota_reports (vcluster_id, tried_at, reported_at, requested, reserved, exceeds)
        SELECT q.id, \(now), \(now), \(requested)::bigint[], q.amounts,
            (
                SELECT bool_or(d.requested > d.reserved)
                FROM unnest(\(requested)::bigint[], q.amounts::bigint[]) AS d (requested, reserved)
            )
        FROM quota_reservations AS q
        WHERE q.id = \(id)
        ON CONFLICT (vcluster_id) DO UPDATE SET
            reported_at = excluded.reported_at,
            requested = excluded.requested,
            reserved = excluded.reserved,
            exceeds = excluded.exceeds
        """
    }

    /// Removes reports of vclusters that do not run any more, at most `limit`.
    static func sweep(limit: Int) -> SQL {
        """
        DELETE FROM quota_reports
        WHERE vcluster_id IN (
            SELECT r.vcluster_id
            FROM quota_reports AS r
            JOIN vclusters AS v ON v.id = r.vcluster_id
            WHERE v.phase <> 'RUNNING' OR v.purged_at IS NOT NULL
            ORDER BY r.vcluster_id
            LIMIT \(limit)
        )
        """
    }

    /// VClusters that take more of their host than they have reserved, by id; index `quota_reports_that_exceed`.
    static func exceeding(after id: VClusterID?, rowsMax: Int) -> SQL {
        let rest: SQL = id.map { "AND v.id > \($0)" } ?? ""
        return """
            SELECT v.id, v.name, v.tenant_id, v.host_id, r.reported_at, r.requested, r.reserved
            FROM quota_reports AS r
            JOIN vclusters AS v ON v.id = r.vcluster_id
            WHERE r.exceeds \(sql: rest)
            ORDER BY v.id
            LIMIT \(rowsMax)
            """
    }

    /// How many vclusters take more than they have reserved: `count`.
    static func exceedingCount() -> SQL {
        "SELECT count(*) AS count FROM quota_reports WHERE exceeds"
    }
}
