import FoundationEssentials
import Postgres

/// The SQL of invitations and password resets.
enum AccountLinkQueries {
    private static let source: SQL = """
        SELECT l.id AS link_id, l.kind AS link_kind, l.user_id, u.email, u.name AS user_name,
            l.tenant_id AS link_tenant_id, t.path AS link_tenant_path, l.created_at AS link_created_at,
            l.expires_at AS link_expires_at, l.used_at, l.revoked_at, l.created_by AS link_created_by, l.by_portal
        FROM account_links AS l
        JOIN users AS u ON u.id = l.user_id
        LEFT JOIN tenants AS t ON t.id = l.tenant_id
        """

    /// One link with the path of its tenant, locked until the end of the transaction.
    static func byIDForUpdate(_ id: AccountLinkID) -> SQL {
        """
        \(sql: source)
        WHERE l.id = \(id)
        FOR UPDATE OF l
        """
    }

    /// The link with a secret, when it works; index `account_links_secret_hash_is_unique`.
    static func usable(_ kind: AccountLink.Kind, secretHash: [UInt8], at time: Date) -> SQL {
        """
        \(sql: source)
        WHERE l.secret_hash = \(secretHash) AND l.kind = \(kind) AND l.used_at IS NULL AND l.revoked_at IS NULL
            AND l.expires_at > \(time) AND u.disabled_at IS NULL
        """
    }

    /// The same, locked, so that of two who use it at once one finds it used.
    static func usableForUpdate(_ kind: AccountLink.Kind, secretHash: [UInt8], at time: Date) -> SQL {
        usable(kind, secretHash: secretHash, at: time) + " FOR UPDATE OF l"
    }

    /// A page of the invitations into some subtrees, newest first, without those that a newer one replaced.
    ///
    /// Index `account_links_by_tenant`.
    static func invitations(
        visibleTo visibility: Caller.Visibility,
        unansweredOnly: Bool,
        before id: AccountLinkID?,
        rowsMax: Int
    ) -> SQL {
        """
        \(sql: source)
        WHERE l.kind = 'invitation' AND \(sql: TenantQueries.isVisible(to: visibility))
            AND NOT EXISTS (
                SELECT FROM account_links AS newer
                WHERE newer.user_id = l.user_id AND newer.kind = 'invitation' AND newer.id > l.id
            )
            AND (NOT \(unansweredOnly) OR (l.used_at IS NULL AND l.revoked_at IS NULL))
            AND (\(id)::uuid IS NULL OR l.id < \(id))
        ORDER BY l.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// How many people at a tenant have not answered; index `account_links_by_tenant`.
    static func countOpen(at tenantID: TenantID, at time: Date) -> SQL {
        """
        SELECT count(*) AS links
        FROM account_links
        WHERE tenant_id = \(tenantID) AND used_at IS NULL AND revoked_at IS NULL AND expires_at > \(time)
        """
    }

    /// Adds a link; without a maker it is the portal's own.
    static func insert(_ link: AccountLink, secretHash: [UInt8], createdBy: UserID?) -> SQL {
        """
        INSERT INTO account_links (id, user_id, kind, tenant_id, secret_hash, created_by, by_portal, created_at,
            expires_at)
        VALUES (\(link.id), \(link.userID), \(link.kind), \(link.tenantID), \(secretHash), \(createdBy),
            \(createdBy == nil), \(link.createdAt), \(link.expiresAt))
        """
    }

    /// Notes that a link was used.
    static func use(_ id: AccountLinkID, at time: Date) -> SQL {
        """
        UPDATE account_links
        SET used_at = \(time)
        WHERE id = \(id) AND used_at IS NULL AND revoked_at IS NULL
        """
    }

    /// Revokes the links of a user that still work; index `account_links_by_user`.
    static func revokeAll(of userID: UserID, at time: Date) -> SQL {
        """
        UPDATE account_links
        SET revoked_at = \(time)
        WHERE user_id = \(userID) AND used_at IS NULL AND revoked_at IS NULL
        """
    }

    /// Removes links that ended before a time, at most `rowsMax`, save those of people who have not answered.
    static func deleteEnded(before time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM account_links
        WHERE id IN (
            SELECT l.id
            FROM account_links AS l
            JOIN users AS u ON u.id = l.user_id
            WHERE l.expires_at <= \(time) AND u.invited_at IS NULL
            ORDER BY l.id
            LIMIT \(rowsMax)
            FOR UPDATE OF l SKIP LOCKED
        )
        """
    }
}
