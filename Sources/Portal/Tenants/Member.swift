public import FoundationEssentials
public import JSON
import Postgres

/// A role that somebody has at a tenant, there or from further up: one role binding.
public struct Member: Sendable, Hashable {
    /// The id of the binding.
    public let id: RoleBindingID
    /// Who holds the role.
    public let subject: RoleSubject
    /// The e-mail of a user; nil for a group, and of a token that of its owner.
    public let email: String?
    /// The name of the user, the group or the token.
    public let name: String
    /// The role.
    public let role: RoleReference
    /// What the role is called.
    public let roleName: String
    /// The tenant that the role was given at: the one asked about, or one of its ancestors.
    public let tenantID: TenantID
    /// The name of that tenant; nil when the caller may not see it.
    public let tenantName: String?
    /// When the role was given.
    public let createdAt: Date

    /// What the list is ordered by, besides the id: the e-mail of a user, the name of a group or token.
    var sortName: String { subject.kind == .user ? email ?? name : name }
}

extension Member {
    /// Reads the columns of `MemberQueries.page`.
    init(row: PostgresRow, visibleTo caller: Caller) throws {
        let path: [TenantID] = try row.decode("tenant_path")
        let isVisible = caller.has(.tenantsRead, onPath: path)
        let role = try RoleDefinition.Facts(row: row)
        self.init(
            id: try row.decode("binding_id"),
            subject: try Self.subject(row: row),
            email: try row.decode("subject_email"),
            name: try row.decode("subject_name"),
            role: role.reference,
            roleName: role.name,
            tenantID: try row.decode("tenant_id"),
            tenantName: isVisible ? try row.decode("tenant_name") : nil,
            createdAt: try row.decode("bound_at")
        )
    }

    private static func subject(row: PostgresRow) throws -> RoleSubject {
        if let id = try row.decode("user_id", as: UserID?.self) { return .user(id) }
        if let id = try row.decode("group_id", as: GroupID?.self) { return .group(id) }
        return .token(try row.decode("token_id"))
    }
}

extension Member: JSONRepresentable {
    /// The schema `Member` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "kind": .string(subject.kind.rawValue),
            "subjectId": .string(subject.id),
            "email": email.map { .string($0) } ?? .null,
            "name": .string(name),
            "role": role.json,
            "roleName": .string(roleName),
            "tenantId": tenantID.json,
            "tenantName": tenantName.map { .string($0) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
        ]
    }
}
