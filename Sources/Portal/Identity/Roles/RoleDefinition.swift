public import FoundationEssentials
public import JSON
import Postgres

/// A role as a thing of its own: a named set of permissions.
public struct RoleDefinition: Sendable, Hashable {
    /// Which role it is.
    public let reference: RoleReference
    /// The name; of a custom role unique at its tenant without regard to case.
    public let name: String
    /// What it is for; empty for a built-in role, which pages describe in the reader's language.
    public let description: String
    /// Where a custom role was made, and from where down it can be given; nil for a built-in one.
    public let tenantID: TenantID?
    /// What it permits; never empty.
    public let permissions: Set<Permission>
    /// Grows with every change of a custom role, from 1; 0 for a built-in one.
    public let version: Int64
    /// When a custom role was made; nil for a built-in one.
    public let createdAt: Date?
    /// When a custom role was changed last; nil for a built-in one.
    public let updatedAt: Date?

    /// A built-in role.
    public init(_ role: Role) {
        self.init(reference: .builtIn(role), name: role.rawValue, permissions: role.permissions)
    }

    /// A role with every value.
    init(
        reference: RoleReference,
        name: String,
        description: String = "",
        tenantID: TenantID? = nil,
        permissions: Set<Permission>,
        version: Int64 = 0,
        createdAt: Date? = nil,
        updatedAt: Date? = nil
    ) {
        self.reference = reference
        self.name = name
        self.description = description
        self.tenantID = tenantID
        self.permissions = permissions
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether it is one of the sets that nobody can change.
    public var isBuiltIn: Bool { tenantID == nil }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}

extension RoleDefinition {
    /// Reads the columns of `RoleQueries.columns`.
    init(row: PostgresRow) throws {
        let id: RoleID = try row.decode("role_id")
        self.init(
            reference: .custom(id),
            name: try row.decode("role_name"),
            description: try row.decode("role_description"),
            tenantID: try row.decode("role_tenant_id"),
            permissions: Permission.known(try row.decode("role_permissions")),
            version: try row.decode("role_version"),
            createdAt: try row.decode("role_created_at"),
            updatedAt: try row.decode("role_updated_at")
        )
    }

    /// What a role binding says of its role.
    struct Facts {
        let reference: RoleReference
        let name: String
        let permissions: Set<Permission>

        /// Reads `role`, `role_id`, `role_name` and `role_permissions`.
        init(row: PostgresRow) throws {
            if let role = try row.decode("role", as: Role?.self) {
                reference = .builtIn(role)
                name = role.rawValue
                permissions = role.permissions
            } else {
                reference = .custom(try row.decode("role_id"))
                name = try row.decode("role_name")
                permissions = Permission.known(try row.decode("role_permissions"))
            }
        }
    }
}

extension RoleDefinition: JSONRepresentable {
    /// The schema `RoleDefinition` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": reference.json,
            "name": .string(name),
            "description": .string(description),
            "builtIn": .bool(isBuiltIn),
            "tenantId": tenantID.map(\.json) ?? .null,
            "permissions": Permission.json(permissions),
            "createdAt": createdAt.map { .string(RFC3339.format($0)) } ?? .null,
            "updatedAt": updatedAt.map { .string(RFC3339.format($0)) } ?? .null,
        ]
    }
}
