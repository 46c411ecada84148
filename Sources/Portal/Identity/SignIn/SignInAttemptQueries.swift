import FoundationEssentials
import Postgres

/// The SQL of the limits on sign-ins.
enum SignInAttemptQueries {
    /// Counts an attempt in a bucket, in a new window when the old one is over, and returns the count and the end.
    ///
    /// Counting before the password is looked at means that attempts made at once cannot outrun the limit. The row is
    /// locked for the length of this statement only.
    static func count(bucket: [UInt8], at time: Date, windowEndsAt: Date) -> SQL {
        """
        INSERT INTO sign_in_attempts AS a (bucket, attempts, window_ends_at)
        VALUES (\(bucket), 1, \(windowEndsAt))
        ON CONFLICT (bucket) DO UPDATE
        SET attempts = CASE WHEN a.window_ends_at <= \(time) THEN 1 ELSE a.attempts + 1 END,
            window_ends_at = CASE WHEN a.window_ends_at <= \(time) THEN \(windowEndsAt) ELSE a.window_ends_at END
        RETURNING attempts, window_ends_at
        """
    }

    /// Forgets the attempts of a bucket.
    static func clear(bucket: [UInt8]) -> SQL {
        """
        DELETE FROM sign_in_attempts
        WHERE bucket = \(bucket)
        """
    }

    /// Takes one attempt back: it was right, and only wrong ones shall count.
    static func uncount(bucket: [UInt8]) -> SQL {
        """
        UPDATE sign_in_attempts
        SET attempts = attempts - 1
        WHERE bucket = \(bucket) AND attempts > 1
        """
    }

    /// Removes windows that are over, at most `rowsMax`; index `sign_in_attempts_by_end`.
    static func deleteExpired(at time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM sign_in_attempts
        WHERE bucket IN (
            SELECT bucket
            FROM sign_in_attempts
            WHERE window_ends_at <= \(time)
            ORDER BY window_ends_at, bucket
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}
