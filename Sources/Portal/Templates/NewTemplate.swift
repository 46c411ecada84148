public import JSON

/// What a template is made from.
public struct NewTemplate: Sendable {
    /// The name, unique without regard to case.
    public var name: String
    /// What it is good for.
    public var description: String
    /// The environment of vclusters made from it: `dev`, `test` or `prod`; nil leaves it to their creator.
    public var environment: String?
    /// The spec (`VClusterSpec`).
    public var spec: JSONValue

    /// A template with the given values.
    public init(name: String, description: String = "", environment: String? = nil, spec: JSONValue) {
        self.name = name
        self.description = description
        self.environment = environment
        self.spec = spec
    }
}

/// What is changed about a template; nil leaves a field as it is.
public struct TemplateChange: Sendable {
    /// A new name.
    public var name: String?
    /// A new description.
    public var description: String?
    /// A new environment; empty removes it.
    public var environment: String?
    /// A merge patch (RFC 7396) of the spec.
    public var spec: JSONValue?

    /// A change of the given fields.
    public init(
        name: String? = nil,
        description: String? = nil,
        environment: String? = nil,
        spec: JSONValue? = nil
    ) {
        self.name = name
        self.description = description
        self.environment = environment
        self.spec = spec
    }
}
