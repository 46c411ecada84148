public import FoundationEssentials
public import JSON
import Postgres

/// An API token as its owner sees it: everything but the secret.
public struct APIToken: Sendable, Hashable, Identifiable {
    /// The id, which is no secret.
    public let id: TokenID
    /// Whose rights it has.
    public let ownerID: UserID
    /// What its owner called it.
    public let name: String
    /// Its first characters, to find it in a configuration.
    public let hint: String
    /// When it was made.
    public let createdAt: Date
    /// When it stops working.
    public let expiresAt: Date
    /// When it was used last, to the minute; nil when never.
    public let lastUsedAt: Date?
    /// When it was revoked; nil when it was not.
    public let revokedAt: Date?
    /// What narrows it.
    public let scope: APITokenScope
    /// The token that made it, with which it is revoked; nil when no token did.
    public let makerID: TokenID?

    /// Whether it works at a time.
    public func isUsable(at time: Date) -> Bool {
        revokedAt == nil && expiresAt > time
    }
}

extension APIToken {
    /// Reads the columns of `APITokenQueries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("token_id"),
            ownerID: try row.decode("token_owner_id"),
            name: try row.decode("token_name"),
            hint: try row.decode("hint"),
            createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"),
            lastUsedAt: try row.decode("last_used_at"),
            revokedAt: try row.decode("revoked_at"),
            scope: APITokenScope(
                tenantID: try row.decode("scope_tenant_id"),
                permissions: try row.decode("scope_permissions", as: [String]?.self).map { Permission.known($0) }
            ),
            makerID: try row.decode("made_by")
        )
    }
}

extension APIToken: JSONRepresentable {
    /// The schema `Token` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "name": .string(name),
            "hint": .string(hint),
            "createdAt": .string(RFC3339.format(createdAt)),
            "expiresAt": .string(RFC3339.format(expiresAt)),
            "lastUsedAt": lastUsedAt.map { .string(RFC3339.format($0)) } ?? .null,
            "revokedAt": revokedAt.map { .string(RFC3339.format($0)) } ?? .null,
            "tenantId": scope.tenantID.map(\.json) ?? .null,
            "permissions": scope.permissions.map { Permission.json($0) } ?? .null,
            "madeBy": makerID.map(\.json) ?? .null,
        ]
    }
}

/// A new API token, with the secret that is shown this once.
public struct NewAPIToken: Sendable {
    /// The token.
    public let token: APIToken
    /// The secret: `ovp_` and 43 characters.
    public let secret: String
}
