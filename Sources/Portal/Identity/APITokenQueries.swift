import FoundationEssentials
import Postgres

/// The SQL of API tokens.
enum APITokenQueries {
    private static let columns: SQL = """
        k.id AS token_id, k.user_id AS token_owner_id, k.name AS token_name, k.hint, k.created_at, k.expires_at,
        k.last_used_at, k.revoked_at, k.scope_tenant_id, k.scope_permissions
        """

    /// The token with its scope, its user and one row per role; index `api_tokens_hash_is_unique`, then those of
    /// `CallerQueries`.
    static func caller(tokenHash: [UInt8], at time: Date, bindingsMax: Int) -> SQL {
        """
        SELECT k.id AS credential_id, k.last_used_at, \(sql: CallerQueries.scopeColumns), \(sql: UserQueries.columns),
            \(sql: CallerQueries.bindingColumns)
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
            scope_permissions)
        VALUES (\(token.id), \(token.ownerID), \(token.name), \(hash), \(token.hint), \(token.createdAt),
            \(token.expiresAt), \(token.scope.tenantID), \(token.scope.permissions.map { Permission.names($0) }))
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

    /// Revokes a token.
    static func revoke(_ id: TokenID, at time: Date) -> SQL {
        """
        UPDATE api_tokens
        SET revoked_at = \(time)
        WHERE id = \(id) AND revoked_at IS NULL
        """
    }

    /// Revokes every token of a user; index `api_tokens_by_user`.
    static func revokeAll(of userID: UserID, at time: Date) -> SQL {
        """
        UPDATE api_tokens
        SET revoked_at = \(time)
        WHERE user_id = \(userID) AND revoked_at IS NULL
        """
    }
}
