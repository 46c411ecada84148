public import FoundationEssentials
public import JSON

/// A release on a simulated host: what a real host would keep in its own API server.
public struct SimulatedRelease: Sendable, Hashable {
    /// What the release is doing.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Installed and not paused; ready from `readyAt` on.
        case running
        /// Paused; its pods are gone from `readyAt` on.
        case paused
        /// Being removed; gone from `readyAt` on.
        case deleting
    }

    /// The host it is on.
    public var hostID: HostID
    /// Its namespace, unique on the host.
    public var namespace: String
    /// The Helm release.
    public var release: String
    /// The vcluster it belongs to; nil for one that waits for adoption.
    public var vclusterID: VClusterID?
    /// What it is doing.
    public var state: State
    /// When the change that is on its way is complete.
    public var readyAt: Date
    /// Control-plane replicas it asks for; kept while it is paused.
    public var replicas: Int
    /// Pods of the tenant and the control plane while it runs.
    public var pods: Int
    /// CPU that all of it requests, in thousandths of a core.
    public var cpuMillicores: Int64
    /// Memory that all of it requests, in bytes.
    public var memoryBytes: Int64
    /// Storage that it holds, paused or not, in bytes.
    public var storageBytes: Int64
    /// The generation of the spec that was installed last.
    public var generation: Int64
    /// How often it was installed or upgraded, set by the store; 1 after a create that ran once.
    public var installCount: Int
    /// The chart version.
    public var chartVersion: String?
    /// The version of the virtual Kubernetes.
    public var kubernetesVersion: String?
    /// Labels of the vcluster; failure injections are among them.
    public var labels: [String: String]
    /// The spec that was installed last, or whatever else the driver wants to find again.
    public var spec: JSONValue
    /// When it was installed first; set by the store.
    public var createdAt: Date
    /// When it was written last; set by the store.
    public var updatedAt: Date

    /// Makes a release to be installed.
    public init(
        hostID: HostID,
        namespace: String,
        release: String,
        vclusterID: VClusterID?,
        state: State = .running,
        readyAt: Date,
        replicas: Int = 1,
        pods: Int = 1,
        cpuMillicores: Int64 = 0,
        memoryBytes: Int64 = 0,
        storageBytes: Int64 = 0,
        generation: Int64 = 1,
        chartVersion: String? = nil,
        kubernetesVersion: String? = nil,
        labels: [String: String] = [:],
        spec: JSONValue = [:]
    ) {
        self.hostID = hostID
        self.namespace = namespace
        self.release = release
        self.vclusterID = vclusterID
        self.state = state
        self.readyAt = readyAt
        self.replicas = replicas
        self.pods = pods
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.storageBytes = storageBytes
        self.generation = generation
        self.installCount = 0
        self.chartVersion = chartVersion
        self.kubernetesVersion = kubernetesVersion
        self.labels = labels
        self.spec = spec
        self.createdAt = readyAt
        self.updatedAt = readyAt
    }
}

/// What all releases of a simulated host take together.
public struct SimulatedTotals: Sendable, Hashable {
    /// Releases, paused ones too.
    public var releases: Int
    /// What those that are not paused request, and the storage that all of them hold.
    public var requested: ResourceAmounts
}
