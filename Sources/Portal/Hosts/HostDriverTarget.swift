/// The coordinates of one vcluster on its host: everything a driver may know about it besides the spec.
public struct VClusterTarget: Sendable, Hashable {
    /// The vcluster; written as a label on everything the driver creates.
    public var id: VClusterID
    /// Its name, a DNS label of at most 40 characters.
    public var name: String
    /// Its namespace on the host; one vcluster a namespace.
    public var namespace: String
    /// The Helm release, also the name of the StatefulSet and the Service.
    public var release: String
    /// The tenant that owns it; written as a label.
    public var tenantID: TenantID
    /// The host it lives on.
    public var hostID: HostID
    /// The generation of the spec that is being applied.
    public var generation: Int64
    /// The labels a person gave it; simulated hosts read failure injections from them.
    public var labels: [String: String]

    /// Makes a target.
    public init(
        id: VClusterID,
        name: String,
        namespace: String,
        release: String,
        tenantID: TenantID,
        hostID: HostID,
        generation: Int64,
        labels: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.namespace = namespace
        self.release = release
        self.tenantID = tenantID
        self.hostID = hostID
        self.generation = generation
        self.labels = labels
    }
}
