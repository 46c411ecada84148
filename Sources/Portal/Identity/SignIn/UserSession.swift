public import FoundationEssentials
public import JSON
import Postgres

/// A session of somebody as they see it in a list: where and when they signed in.
public struct UserSession: Sendable, Hashable, Identifiable {
    /// The id, which is no secret.
    public let id: SessionID
    /// When it began.
    public let createdAt: Date
    /// When it was used last, to the minute.
    public let lastSeenAt: Date
    /// When it ends unless it is used before then.
    public let expiresAt: Date
    /// Where the sign-in came from.
    public let clientAddress: String
    /// What the browser called itself; empty when it did not.
    public let userAgent: String
    /// The identity provider of the sign-in; nil for a password.
    public let provider: String?
    /// Whether it is the session of the request.
    public let isCurrent: Bool

    /// Reads the columns of `SessionQueries.page`.
    init(row: PostgresRow, current: SessionID?) throws {
        id = try row.decode("session_id")
        createdAt = try row.decode("created_at")
        lastSeenAt = try row.decode("last_seen_at")
        expiresAt = try row.decode("expires_at")
        clientAddress = try row.decode("client_address")
        userAgent = try row.decode("user_agent")
        provider = try row.decode("provider")
        isCurrent = id == current
    }

    /// A session with every value.
    public init(
        id: SessionID,
        createdAt: Date,
        lastSeenAt: Date,
        expiresAt: Date,
        clientAddress: String,
        userAgent: String,
        provider: String?,
        isCurrent: Bool
    ) {
        self.id = id
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.clientAddress = clientAddress
        self.userAgent = userAgent
        self.provider = provider
        self.isCurrent = isCurrent
    }
}

extension UserSession: JSONRepresentable {
    /// The schema `Session` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "createdAt": .string(RFC3339.format(createdAt)),
            "lastSeenAt": .string(RFC3339.format(lastSeenAt)),
            "endsAt": .string(RFC3339.format(expiresAt)),
            "address": .string(clientAddress),
            "userAgent": .string(userAgent),
            "provider": provider.map { .string($0) } ?? .null,
            "current": .bool(isCurrent),
        ]
    }
}
