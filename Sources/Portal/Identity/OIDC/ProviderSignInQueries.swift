import FoundationEssentials
import Postgres

/// The SQL of sign-ins at providers that are under way, and of the identities that are known.
enum ProviderSignInQueries {
    /// Notes a sign-in that begins.
    static func insert(
        stateHash: [UInt8],
        browserHash: [UInt8],
        provider: String,
        next: String,
        expiresAt: Date
    ) -> SQL {
        """
        INSERT INTO provider_sign_ins (state_hash, browser_hash, provider, next, expires_at)
        VALUES (\(stateHash), \(browserHash), \(provider), \(next), \(expiresAt))
        """
    }

    /// Takes a sign-in, once: its row goes.
    ///
    /// Another browser than the one that began it finds nothing and takes nothing.
    static func take(stateHash: [UInt8], browserHash: [UInt8], provider: String, at time: Date) -> SQL {
        """
        DELETE FROM provider_sign_ins
        WHERE state_hash = \(stateHash) AND browser_hash = \(browserHash) AND provider = \(provider)
            AND expires_at > \(time)
        RETURNING next
        """
    }

    /// Removes sign-ins that were given up, at most `rowsMax`; index `provider_sign_ins_by_end`.
    static func deleteExpired(at time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM provider_sign_ins
        WHERE state_hash IN (
            SELECT state_hash
            FROM provider_sign_ins
            WHERE expires_at <= \(time)
            ORDER BY expires_at, state_hash
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }

    /// The user of an identity, locked until the end of the transaction; primary key `external_identities_pkey`.
    static func user(issuer: String, subject: String) -> SQL {
        """
        SELECT \(sql: UserQueries.columns)
        FROM external_identities AS i
        JOIN users AS u ON u.id = i.user_id
        WHERE i.issuer = \(issuer) AND i.subject = \(subject)
        FOR NO KEY UPDATE OF u
        """
    }

    /// A row when a user has an identity at any provider; index `external_identities_by_user`.
    static func anyIdentity(of userID: UserID) -> SQL {
        """
        SELECT true AS has_identity
        FROM external_identities
        WHERE user_id = \(userID)
        LIMIT 1
        """
    }

    /// Ties an identity to a user; violates `external_identities_pkey` when it is somebody's already.
    static func link(_ identity: ExternalIdentity, provider: String, userID: UserID, at time: Date) -> SQL {
        """
        INSERT INTO external_identities (issuer, subject, provider, user_id, email, created_at, used_at)
        VALUES (\(identity.issuer), \(identity.subject), \(provider), \(userID), \(identity.email), \(time), \(time))
        """
    }

    /// Notes that an identity signed in.
    static func touch(_ identity: ExternalIdentity, at time: Date) -> SQL {
        """
        UPDATE external_identities
        SET used_at = \(time), email = \(identity.email)
        WHERE issuer = \(identity.issuer) AND subject = \(identity.subject)
        """
    }
}
