public import JSON

/// What a host is added with.
public struct NewHost: Sendable {
    /// The name, a DNS label.
    public var name: String
    /// The kind of host; it never changes.
    public var driver: HostDriverKind
    /// The settings (see `HostSettings`); nil means all defaults.
    public var settings: JSONValue?
    /// The kubeconfig as YAML; nil for a simulated host, or to use the service account the portal runs under.
    public var kubeconfig: String?
    /// Whether new vclusters may be placed on it.
    public var acceptsNew: Bool

    /// A host with the given values.
    public init(
        name: String,
        driver: HostDriverKind,
        settings: JSONValue? = nil,
        kubeconfig: String? = nil,
        acceptsNew: Bool = true
    ) {
        self.name = name
        self.driver = driver
        self.settings = settings
        self.kubeconfig = kubeconfig
        self.acceptsNew = acceptsNew
    }
}

/// What is changed about a host; nil leaves a field as it is.
public struct HostChange: Sendable {
    /// A new name.
    public var name: String?
    /// A merge patch (RFC 7396) of the settings.
    public var settings: JSONValue?
    /// A new kubeconfig; empty removes it.
    public var kubeconfig: String?
    /// Whether new vclusters may be placed on it.
    public var acceptsNew: Bool?

    /// No change yet.
    public init(
        name: String? = nil,
        settings: JSONValue? = nil,
        kubeconfig: String? = nil,
        acceptsNew: Bool? = nil
    ) {
        self.name = name
        self.settings = settings
        self.kubeconfig = kubeconfig
        self.acceptsNew = acceptsNew
    }
}
