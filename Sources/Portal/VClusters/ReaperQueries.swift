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

    /// Ids of vclusters at rest that have expired, longest first.
    ///
    /// Locks the rows. Index: `vclusters_to_expire`.
    static func toExpire(at now: Date, limit: Int) -> SQL {
        """
        SELECT id FROM vclusters
        WHERE purged_at IS NULL AND active_operation_id IS NULL AND expires_at <= \(now)
            AND phase IN ('RUNNING', 'SUSPENDED', 'ERROR')
        ORDER BY expires_at, id
        LIMIT \(limit)
        FOR UPDATE SKIP LOCKED
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
