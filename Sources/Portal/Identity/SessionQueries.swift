import FoundationEssentials
import Postgres

/// The SQL of sessions, and of the one query that says who calls.
enum SessionQueries {
    /// The session, its user and one row per role (one without roles when there is none); index
    /// `sessions_token_hash_is_unique`, then those of `CallerQueries`.
    static func caller(tokenHash: [UInt8], at time: Date, bindingsMax: Int) -> SQL {
        """
        SELECT s.id AS credential_id, s.last_seen_at AS last_used_at, s.ends_at, \(sql: UserQueries.columns),
            \(sql: CallerQueries.bindingColumns)
        FROM sessions AS s
        JOIN users AS u ON u.id = s.user_id
        \(sql: CallerQueries.bindingsOfUser)
        WHERE s.token_hash = \(tokenHash) AND s.expires_at > \(time) AND u.disabled_at IS NULL
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(bindingsMax)
        """
    }

    /// Starts a session.
    static func insert(_ session: NewSession, tokenHash: [UInt8]) -> SQL {
        """
        INSERT INTO sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, ends_at, client_address,
            user_agent, provider)
        VALUES (\(session.id), \(session.userID), \(tokenHash), \(session.createdAt), \(session.createdAt),
            \(session.expiresAt), \(session.endsAt), \(session.clientAddress), \(session.userAgent),
            \(session.provider))
        """
    }

    /// Slides the expiry; does nothing when another request did since `unlessSeenAfter`.
    static func touch(_ id: SessionID, at time: Date, expiresAt: Date, unlessSeenAfter: Date) -> SQL {
        """
        UPDATE sessions
        SET last_seen_at = \(time), expires_at = least(\(expiresAt)::timestamptz, ends_at)
        WHERE id = \(id) AND last_seen_at <= \(unlessSeenAfter)
        """
    }

    /// Ends the session with a token.
    static func delete(tokenHash: [UInt8]) -> SQL {
        """
        DELETE FROM sessions
        WHERE token_hash = \(tokenHash)
        RETURNING id, user_id, provider
        """
    }

    /// The sessions of a user that have not ended, the one used last first; index `sessions_by_user`.
    static func page(of userID: UserID, at time: Date, rowsMax: Int) -> SQL {
        """
        SELECT id AS session_id, created_at, last_seen_at, expires_at, client_address, user_agent, provider
        FROM sessions
        WHERE user_id = \(userID) AND expires_at > \(time)
        ORDER BY last_seen_at DESC, id DESC
        LIMIT \(rowsMax)
        """
    }

    /// Ends one session of a user; primary key.
    static func delete(_ id: SessionID, of userID: UserID) -> SQL {
        """
        DELETE FROM sessions
        WHERE id = \(id) AND user_id = \(userID)
        """
    }

    /// Ends every session of a user, save one.
    static func deleteAll(of userID: UserID, except kept: SessionID? = nil) -> SQL {
        """
        DELETE FROM sessions
        WHERE user_id = \(userID) AND id IS DISTINCT FROM \(kept)::uuid
        """
    }

    /// Ends the sessions of a user that were used longest ago, all but `kept`; index `sessions_by_user`.
    static func deleteOldest(of userID: UserID, kept: Int) -> SQL {
        """
        DELETE FROM sessions
        WHERE id IN (
            SELECT id
            FROM sessions
            WHERE user_id = \(userID)
            ORDER BY last_seen_at DESC, id DESC
            OFFSET \(kept)
        )
        """
    }

    /// Removes sessions that have expired, at most `rowsMax`; index `sessions_by_expiry`.
    static func deleteExpired(at time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM sessions
        WHERE id IN (
            SELECT id
            FROM sessions
            WHERE expires_at <= \(time)
            ORDER BY expires_at, id
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}

/// A session that is about to start.
struct NewSession: Sendable {
    var id = SessionID()
    var userID: UserID
    var createdAt: Date
    var expiresAt: Date
    var endsAt: Date
    var clientAddress: String
    var userAgent: String
    /// The identity provider that vouched for the user; nil for a password.
    var provider: String?
}
