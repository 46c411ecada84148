public import FoundationEssentials
public import JSON
import Postgres

/// A node of the tree organization > department > team > ….
public struct Tenant: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: TenantID
    /// The name, unique among its siblings without regard to case.
    public let name: String
    /// The tenant and its ancestors, root first: 1 … `PortalLimits.Tenants.depthMax` ids.
    public let path: [TenantID]
    /// Grows with every change, from 1.
    public let version: Int64
    /// When it was made.
    public let createdAt: Date
    /// When it was changed last.
    public let updatedAt: Date
    /// When it was archived; nil for a live one.
    ///
    /// Nothing lives in or below an archived tenant.
    public let archivedAt: Date?

    /// A tenant with every value; `path` ends with `id`.
    public init(
        id: TenantID,
        name: String,
        path: [TenantID],
        version: Int64 = 1,
        createdAt: Date,
        updatedAt: Date,
        archivedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.path = path
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.archivedAt = archivedAt
    }

    /// The tenant above; nil for the root.
    public var parentID: TenantID? { path.dropLast().last }

    /// The level in the tree; the root has 1.
    public var depth: Int { path.count }

    /// Whether it was archived.
    public var isArchived: Bool { archivedAt != nil }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}

extension Tenant {
    /// Reads the columns of `TenantQueries.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("tenant_id"),
            name: try row.decode("tenant_name"),
            path: try row.decode("tenant_path"),
            version: try row.decode("tenant_version"),
            createdAt: try row.decode("tenant_created_at"),
            updatedAt: try row.decode("tenant_updated_at"),
            archivedAt: try row.decode("tenant_archived_at")
        )
    }
}

extension Tenant: JSONRepresentable {
    /// The schema `Tenant` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "parentId": parentID.map(\.json) ?? .null,
            "name": .string(name),
            "path": .array(path.map(\.json)),
            "depth": .number(JSONNumber(depth)),
            "createdAt": .string(RFC3339.format(createdAt)),
            "updatedAt": .string(RFC3339.format(updatedAt)),
            "archivedAt": JSONValue(time: archivedAt),
        ]
    }
}
