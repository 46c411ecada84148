public import FoundationEssentials
public import JSON
import Postgres

/// A role that somebody has at a tenant, there or from further up.
public struct Member: Sendable, Hashable {
    /// The user.
    public let userID: UserID
    /// The user's e-mail.
    public let email: String
    /// The user's name.
    public let name: String
    /// The role.
    public let role: Role
    /// The tenant that the role was given at: the one asked about, or one of its ancestors.
    public let tenantID: TenantID
    /// The name of that tenant; nil when the caller may not see it.
    public let tenantName: String?
    /// When the role was given.
    public let createdAt: Date
}

extension Member {
    /// Reads the columns of `MemberQueries.page`.
    init(row: PostgresRow, visibleTo caller: Caller) throws {
        let path: [TenantID] = try row.decode("tenant_path")
        let isVisible = caller.has(.tenantsRead, onPath: path)
        self.init(
            userID: try row.decode("user_id"),
            email: try row.decode("email"),
            name: try row.decode("user_name"),
            role: try row.decode("role"),
            tenantID: try row.decode("tenant_id"),
            tenantName: isVisible ? try row.decode("tenant_name") : nil,
            createdAt: try row.decode("bound_at")
        )
    }
}

extension Member: JSONRepresentable {
    /// The schema `Member` of openapi.yaml.
    public var json: JSONValue {
        [
            "userId": userID.json,
            "email": .string(email),
            "name": .string(name),
            "role": .string(role.rawValue),
            "tenantId": tenantID.json,
            "tenantName": tenantName.map { .string($0) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
        ]
    }
}
