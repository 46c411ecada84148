import FoundationEssentials
import Postgres

/// The SQL of lock-outs: one row per account that sign-ins by password were tried for since the last one that worked.
///
/// The key is a hash of the e-mail and not the user's id: attempts for accounts that do not exist are treated alike, so
/// that a lock-out tells nobody who has an account.
enum SignInLockQueries {
    /// The bounds of a lock-out, see `PortalLimits.Identity`.
    struct Rule: Sendable {
        let failuresMax: Int
        let windowStart: Date
        let firstSeconds: Double
        let lastSeconds: Double
    }

    /// Counts an attempt before the password is looked at; locks the account instead when too many were wrong.
    ///
    /// Attempts that are made at once queue at the row, so none gets past the limit. Returns `locked_until`, NULL when the
    /// password may be looked at, and `refused`, how many attempts this lock-out has refused (1: it begins now).
    static func begin(_ account: [UInt8], at time: Date, _ rule: Rule) -> SQL {
        """
        INSERT INTO sign_in_locks AS l (account, streak, attempted_at)
        VALUES (\(account), 1, \(time))
        ON CONFLICT (account) DO UPDATE
        SET streak = CASE
                WHEN l.locked_until > \(time) THEN 0
                WHEN l.attempted_at < \(rule.windowStart) THEN 1
                WHEN l.streak >= \(rule.failuresMax) THEN 0
                ELSE l.streak + 1
            END,
            lock_outs = CASE
                WHEN l.locked_until > \(time) THEN l.lock_outs
                WHEN l.attempted_at < \(rule.windowStart) THEN 0
                WHEN l.streak >= \(rule.failuresMax) THEN l.lock_outs + 1
                ELSE l.lock_outs
            END,
            locked_until = CASE
                WHEN l.locked_until > \(time) THEN l.locked_until
                WHEN l.attempted_at < \(rule.windowStart) THEN NULL
                WHEN l.streak >= \(rule.failuresMax) THEN \(time)::timestamptz + interval '1 second'
                    * least(\(rule.firstSeconds)::float8 * power(2, least(l.lock_outs, 30)), \(rule.lastSeconds)::float8)
            END,
            refused_now = CASE
                WHEN l.locked_until > \(time) THEN l.refused_now + 1
                WHEN l.attempted_at >= \(rule.windowStart) AND l.streak >= \(rule.failuresMax) THEN 1
                ELSE 0
            END,
            refused = l.refused + CASE
                WHEN l.locked_until > \(time) THEN 1
                WHEN l.attempted_at >= \(rule.windowStart) AND l.streak >= \(rule.failuresMax) THEN 1
                ELSE 0
            END,
            -- What was refused unseen keeps nothing going.
            attempted_at = CASE WHEN l.locked_until > \(time) THEN l.attempted_at ELSE \(time) END
        RETURNING locked_until, refused_now
        """
    }

    /// Notes that the attempt was wrong, for the notice at the next sign-in that works.
    ///
    /// `userID` is nil when there is no such account; the row then goes soon.
    static func fail(_ account: [UInt8], userID: UserID?, address: String, addressesMax: Int, at time: Date) -> SQL {
        """
        UPDATE sign_in_locks
        SET user_id = \(userID),
            failures = failures + 1,
            first_failed_at = coalesce(first_failed_at, \(time)),
            last_failed_at = \(time),
            addresses = CASE
                WHEN \(address) = ANY (addresses) OR cardinality(addresses) >= \(addressesMax) THEN addresses
                ELSE addresses || \(address)::text
            END
        WHERE account = \(account)
        """
    }

    /// Forgets the attempts of an account, and returns what failed.
    static func clear(_ account: [UInt8]) -> SQL {
        """
        DELETE FROM sign_in_locks
        WHERE account = \(account)
        RETURNING failures, refused, first_failed_at, last_failed_at, addresses, lock_outs
        """
    }

    /// Ends a lock-out and lets the count begin anew; what failed stays for the notice.
    static func unlock(_ account: [UInt8]) -> SQL {
        """
        UPDATE sign_in_locks
        SET locked_until = NULL, streak = 0, lock_outs = 0
        WHERE account = \(account)
        RETURNING account
        """
    }

    /// The end of a lock-out; no row or NULL when there is none.
    static func lockedUntil(_ account: [UInt8], at time: Date) -> SQL {
        """
        SELECT locked_until
        FROM sign_in_locks
        WHERE account = \(account) AND locked_until > \(time)
        """
    }

    /// Removes rows of no account after `unknownBefore` and others after `knownBefore`, at most `rowsMax`; index
    /// `sign_in_locks_by_attempt`.
    static func deleteOld(unknownBefore: Date, knownBefore: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM sign_in_locks
        WHERE account IN (
            SELECT account
            FROM sign_in_locks
            WHERE attempted_at < CASE WHEN user_id IS NULL THEN \(unknownBefore)::timestamptz ELSE \(knownBefore) END
            ORDER BY attempted_at, account
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}
