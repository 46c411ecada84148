import FoundationEssentials
import Postgres

/// The SQL of API tokens.
enum APITokenQueries {
    private static let columns: SQL = """
        k.id AS token_id, k.user_id AS token_owner_id, k.name AS token_name, k.hint, k.created_at, k.expires_at,
        k.last_used_at, k.revoked_at, k.scope_tenant_id, k.scope_permissions, k.made_by
        """

    /// The token with its scope, its user and one row per role; index `api_tokens_hash_is_unique`, then those of
    /// `CallerQueries`.
    static func caller(tokenHash: [UInt8], at time: Date, bindingsMax: Int) -> SQL {
        """
        SELECT k.id AS credential_id, k.last_used_at, \(sql: CallerQueries.scopeColumns), \(sql: UserQueries.columns),
            \(sql: CallerQueries.bindingColumns), b.is_lent
        FROM api_tokens AS k
        JOIN users AS u ON u.id = k.user_id
        LEFT JOIN tenants AS scope ON scope.id = k.scope_tenant_id
        \(sql: CallerQueries.bindingsOfToken)
        WHERE k.token_hash = \(tokenHash) AND k.expires_at > \(time) AND k.revoked_at IS NULL AND u.disabled_at IS NULL
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(bindingsMax)
        """
    }

    /// Notes a use; does nothing when another request did since `unlessUsedAfter`.
    static func touch(_ id: TokenID, at time: Date, unlessUsedAfter: Date) -> SQL {
        """
        UPDATE api_tokens
        SET last_used_at = \(time)
        WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at <= \(unlessUsedAfter))
        """
    }

    /// How many tokens of a user work.
    static func countUsable(of userID: UserID, at time: Date) -> SQL {
        """
        SELECT count(*) AS tokens
        FROM api_tokens
        WHERE user_id = \(userID) AND revoked_at IS NULL AND expires_at > \(time)
        """
    }

    /// Adds a token.
    static func insert(_ token: APIToken, hash: [UInt8]) -> SQL {
        """
        INSERT INTO api_tokens (id, user_id, name, token_hash, hint, created_at, expires_at, scope_tenant_id,
            scope_permissions, made_by)
        VALUES (\(token.id), \(token.ownerID), \(token.name), \(hash), \(token.hint), \(token.createdAt),
            \(token.expiresAt), \(token.scope.tenantID), \(token.scope.permissions.map { Permission.names($0) }),
            \(token.makerID))
        """
    }

    /// A page of a user's tokens, newest first; index `api_tokens_by_user`.
    static func page(of userID: UserID, before id: TokenID?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM api_tokens AS k
        WHERE k.user_id = \(userID) AND (\(id)::uuid IS NULL OR k.id < \(id))
        ORDER BY k.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// The tokens that work of a user and of the service accounts of some subtrees, newest first, with the names of their
    /// owners; indexes `api_tokens_by_user` and `service_accounts_name_is_unique_in_tenant`.
    static func usable(
        of userID: UserID?,
        andServiceAccountsIn visibility: Caller.Visibility,
        at time: Date,
        rowsMax: Int
    ) -> SQL {
        """
        SELECT \(sql: columns), o.name AS owner_name, o.kind AS owner_kind
        FROM (
            SELECT \(userID)::uuid AS id
            UNION
            SELECT a.user_id
            FROM service_accounts AS a
            JOIN tenants AS t ON t.id = a.tenant_id
            WHERE \(sql: TenantQueries.isVisible(to: visibility))
        ) AS owners
        JOIN users AS o ON o.id = owners.id AND o.disabled_at IS NULL
        JOIN api_tokens AS k ON k.user_id = o.id
        WHERE k.revoked_at IS NULL AND k.expires_at > \(time)
        ORDER BY k.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// One token, locked until the end of the transaction; who may touch it is decided on its owner.
    static func byIDForUpdate(_ id: TokenID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM api_tokens AS k
        WHERE k.id = \(id)
        FOR UPDATE
        """
    }

    /// When a token ends that still works, kept from being revoked until the end of the transaction.
    static func endForShare(_ id: TokenID, at time: Date) -> SQL {
        """
        SELECT expires_at
        FROM api_tokens
        WHERE id = \(id) AND revoked_at IS NULL AND expires_at > \(time)
        FOR SHARE
        """
    }

    /// Revokes a token with all that it has made, directly or through others, and returns those that were not revoked.
    ///
    /// Indexes `api_tokens_pkey` and `api_tokens_by_maker`. A token that one of them makes at the same time is found by a
    /// second call: whoever makes a token holds a lock on its maker, for which this waits.
    static func revokeWithMade(_ id: TokenID, at time: Date) -> SQL {
        revokeWithMade(from: "k.id = \(id)", at: time)
    }

    /// The same for every token of a user; index `api_tokens_by_user`.
    static func revokeAllWithMade(of userID: UserID, at time: Date) -> SQL {
        revokeWithMade(from: "k.user_id = \(userID)", at: time)
    }

    private static func revokeWithMade(from start: SQL, at time: Date) -> SQL {
        """
        WITH RECURSIVE made AS (
            SELECT k.id
            FROM api_tokens AS k
            WHERE \(sql: start)
            UNION
            SELECT c.id
            FROM made AS m
            JOIN api_tokens AS c ON c.made_by = m.id
        )
        UPDATE api_tokens AS k
        SET revoked_at = \(time)
        FROM made
        WHERE k.id = made.id AND k.revoked_at IS NULL
        RETURNING \(sql: columns)
        """
    }
}
