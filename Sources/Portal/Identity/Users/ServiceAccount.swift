public import FoundationEssentials
public import JSON

/// An account of a program: it has no password, belongs to a tenant, holds roles like a person, and acts by its API tokens
/// or by a client certificate.
public struct ServiceAccount: Sendable, Hashable, Identifiable {
    /// The id: a user's, so that it can be given roles as one.
    public let id: UserID
    /// The tenant it belongs to: who manages members there manages it.
    public let tenantID: TenantID
    /// The name, unique at its tenant without regard to case.
    public let name: String
    /// When it was disabled; nil for one that works.
    public let disabledAt: Date?
    /// When it was made.
    public let createdAt: Date
    /// The version of the row; renaming, disabling and enabling add one.
    public let version: Int64

    /// The account of a user at a tenant.
    init(_ user: User, at tenantID: TenantID) {
        id = user.id
        self.tenantID = tenantID
        name = user.name
        disabledAt = user.disabledAt
        createdAt = user.createdAt
        version = user.version
    }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}

extension ServiceAccount: JSONRepresentable {
    /// The schema `ServiceAccount` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "tenantId": tenantID.json,
            "name": .string(name),
            "disabledAt": disabledAt.map { .string(RFC3339.format($0)) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
        ]
    }
}
