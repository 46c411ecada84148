public import FoundationEssentials
public import JSON

/// A named starting point for vclusters: people pick one instead of writing a spec.
public struct Template: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: TemplateID
    /// The name, unique without regard to case.
    public let name: String
    /// What it is good for, for the people who choose.
    public let description: String
    /// The environment that a vcluster gets when its creator names none: `dev`, `test` or `prod`.
    public let environment: String?
    /// The spec, in the form of the API (`VClusterSpec`).
    public let spec: JSONValue
    /// Grows with every change, from 1.
    public let version: Int64
    /// Who made it; nil for the portal itself.
    public let createdBy: UserID?
    /// When it was made.
    public let createdAt: Date
    /// When it was changed last.
    public let updatedAt: Date

    /// A template with every value.
    public init(
        id: TemplateID,
        name: String,
        description: String,
        environment: String?,
        spec: JSONValue,
        version: Int64 = 1,
        createdBy: UserID? = nil,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.environment = environment
        self.spec = spec
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}

extension Template: JSONRepresentable {
    /// The schema `Template` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": .string(id.description),
            "name": .string(name),
            "description": .string(description),
            "environment": environment.map { .string($0) } ?? .null,
            "spec": spec,
            "createdAt": .string(RFC3339.format(createdAt)),
            "updatedAt": .string(RFC3339.format(updatedAt)),
        ]
    }
}
