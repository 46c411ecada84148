import FoundationEssentials
import Postgres

/// The SQL of notices on accounts.
enum AccountNoticeQueries {
    private static let columns: SQL = """
        n.id AS notice_id, n.created_at, n.seen_at, n.failures, n.refused, n.first_failed_at, n.last_failed_at, n.addresses,
        n.lock_outs
        """

    /// Adds a notice.
    static func insert(_ id: AccountNoticeID, userID: UserID, _ failures: FailedSignIns, at time: Date) -> SQL {
        """
        INSERT INTO account_notices (id, user_id, created_at, failures, refused, first_failed_at, last_failed_at, addresses,
            lock_outs)
        VALUES (\(id), \(userID), \(time), \(failures.count), \(failures.refused), \(failures.firstAt),
            \(failures.lastAt), \(failures.addresses), \(failures.lockOuts))
        """
    }

    /// A page of a user's notices, newest first; index `account_notices_by_user`.
    static func page(of userID: UserID, before id: AccountNoticeID?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM account_notices AS n
        WHERE n.user_id = \(userID) AND (\(id)::uuid IS NULL OR n.id < \(id))
        ORDER BY n.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// Notes that a user has seen all notices up to one.
    static func markSeen(of userID: UserID, upTo id: AccountNoticeID, at time: Date) -> SQL {
        """
        UPDATE account_notices
        SET seen_at = \(time)
        WHERE user_id = \(userID) AND id <= \(id) AND seen_at IS NULL
        """
    }

    /// Removes notices made before a time, at most `rowsMax`; index `account_notices_by_age`.
    static func deleteOld(before time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM account_notices
        WHERE id IN (
            SELECT id
            FROM account_notices
            WHERE created_at < \(time)
            ORDER BY created_at, id
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}
