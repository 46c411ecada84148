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
    /// Where archives of snapshots go, a URL with its credentials (see `SnapshotStorage`); nil for the volumes of the
    /// vclusters themselves.
    public var snapshotStorage: String?

    /// A host with the given values.
    public init(
        name: String,
        driver: HostDriverKind,
        settings: JSONValue? = nil,
        kubeconfig: String? = nil,
        acceptsNew: Bool = true,
        snapshotStorage: String? = nil
    ) {
        self.name = name
        self.driver = driver
        self.settings = settings
        self.kubeconfig = kubeconfig
        self.acceptsNew = acceptsNew
        self.snapshotStorage = snapshotStorage
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
    /// Where archives of snapshots go from now on; empty for the volumes of the vclusters themselves.
    public var snapshotStorage: String?

    /// No change yet.
    public init(
        name: String? = nil,
        settings: JSONValue? = nil,
        kubeconfig: String? = nil,
        acceptsNew: Bool? = nil,
        snapshotStorage: String? = nil
    ) {
        self.name = name
        self.settings = settings
        self.kubeconfig = kubeconfig
        self.acceptsNew = acceptsNew
        self.snapshotStorage = snapshotStorage
    }
}
