import FoundationEssentials
import Postgres

/// The queues of the services that look after vclusters by themselves.
///
/// Rows that another server has locked are skipped, not waited for.
enum ReaperQueries {
    /// Ids of vclusters whose grace period is over, longest first.
    ///
    /// Locks the rows. Index: `vclusters_to_purge`.
    static func toPurge(at now: Date, limit: Int) -> SQL {
        """
        SELECT id FROM vclusters
        WHERE phase = 'DELETED' AND purged_at IS NULL AND active_operation_id IS NULL AND purge_at <= \(now)
        ORDER BY purge_at, id
        LIMIT \(limit)
        FOR UPDATE SKIP LOCKED
        """
    }

    /// Ids of vclusters at rest that have expired, longest first; none whose deletion has failed or was cancelled after
    /// `retry`.
    ///
    /// Locks the rows. Indexes: `vclusters_to_expire`, `operations_by_vcluster`.
    static func toExpire(at now: Date, retrying retry: Date, limit: Int) -> SQL {
        """
        SELECT v.id FROM vclusters AS v
        WHERE v.purged_at IS NULL AND v.active_operation_id IS NULL AND v.expires_at <= \(now)
            AND v.phase IN ('RUNNING', 'SUSPENDED', 'ERROR')
            AND NOT EXISTS (
                SELECT FROM operations AS o
                WHERE o.vcluster_id = v.id AND o.verb = 'delete' AND o.state IN ('failed', 'cancelled')
                    AND o.finished_at > \(retry)
            )
        ORDER BY v.expires_at, v.id
        LIMIT \(limit)
        FOR UPDATE OF v SKIP LOCKED
        """
    }

    /// Takes the vclusters at rest that nobody has looked at for longest, and notes that somebody does now.
    ///
    /// One row (`id`) each. Index: `vclusters_to_observe`.
    static func toObserve(before time: Date, at now: Date, limit: Int) -> SQL {
        """
        UPDATE vclusters SET observed_at = \(now)
        WHERE id IN (
            SELECT id FROM vclusters
            WHERE phase IN ('RUNNING', 'SUSPENDED') AND active_operation_id IS NULL
                AND (observed_at IS NULL OR observed_at < \(time))
            ORDER BY observed_at NULLS FIRST, id
            LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id
        """
    }
}
