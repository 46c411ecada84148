public import JSON

/// Amounts of the resources that the portal knows; absent means the host does not tell.
public struct ResourceAmounts: Sendable, Hashable {
    /// Thousandths of a core.
    public var cpuMillicores: Int64?
    /// Memory in bytes.
    public var memoryBytes: Int64?
    /// Persistent storage in bytes.
    public var storageBytes: Int64?
    /// Whole GPUs.
    public var gpus: Int64?
    /// Pods.
    public var pods: Int64?

    /// Makes amounts; what is not given is unknown.
    public init(
        cpuMillicores: Int64? = nil,
        memoryBytes: Int64? = nil,
        storageBytes: Int64? = nil,
        gpus: Int64? = nil,
        pods: Int64? = nil
    ) {
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.storageBytes = storageBytes
        self.gpus = gpus
        self.pods = pods
    }
}

/// What one vcluster takes from its host now, control plane and tenant pods together.
public struct VClusterUsage: Sendable, Hashable {
    /// Sum of the requests.
    public var requested: ResourceAmounts
    /// Measured use; cpu and memory are nil without a metrics server.
    public var used: ResourceAmounts
    /// The part of `requested` that the control plane itself takes.
    public var overhead: ResourceAmounts

    /// Makes a usage.
    public init(
        requested: ResourceAmounts,
        used: ResourceAmounts,
        overhead: ResourceAmounts = ResourceAmounts()
    ) {
        self.requested = requested
        self.used = used
        self.overhead = overhead
    }
}

/// What a host offers and what is requested of it.
public struct HostCapacity: Sendable, Hashable {
    /// Nodes that accept pods.
    public var nodes: Int
    /// Allocatable of these nodes.
    public var allocatable: ResourceAmounts
    /// Sum of the requests of all pods on the host.
    public var requested: ResourceAmounts

    /// Makes a capacity.
    public init(nodes: Int, allocatable: ResourceAmounts, requested: ResourceAmounts) {
        self.nodes = nodes
        self.allocatable = allocatable
        self.requested = requested
    }
}

/// What a connection check of a host found.
public struct HostCheck: Sendable, Hashable {
    /// The version of the host's API server.
    public var kubernetesVersion: String
    /// The version of the portal's helm; nil for hosts that need none.
    public var helmVersion: String?
    /// Things that will not stop the portal but that an admin should know.
    public var warnings: [String]

    /// Makes a check result.
    public init(kubernetesVersion: String, helmVersion: String? = nil, warnings: [String] = []) {
        self.kubernetesVersion = kubernetesVersion
        self.helmVersion = helmVersion
        self.warnings = warnings
    }
}

/// A vcluster release found on a host.
public struct DiscoveredRelease: Sendable, Hashable {
    /// The Helm release.
    public var release: String
    /// Its namespace.
    public var namespace: String
    /// The chart version, without a `v`.
    public var chartVersion: String?
    /// The version of the virtual Kubernetes.
    public var kubernetesVersion: String?
    /// Control-plane replicas the release asks for (the stored number when it is paused).
    public var replicas: Int
    /// The release is paused.
    public var isPaused: Bool
    /// The vcluster of this or another portal that owns the release; nil when nobody does.
    public var managedBy: String?
    /// The values that its owner gave to helm, without the chart's defaults.
    public var values: JSONObject

    /// Makes a discovered release.
    public init(
        release: String,
        namespace: String,
        chartVersion: String? = nil,
        kubernetesVersion: String? = nil,
        replicas: Int = 1,
        isPaused: Bool = false,
        managedBy: String? = nil,
        values: JSONObject = JSONObject()
    ) {
        self.release = release
        self.namespace = namespace
        self.chartVersion = chartVersion
        self.kubernetesVersion = kubernetesVersion
        self.replicas = replicas
        self.isPaused = isPaused
        self.managedBy = managedBy
        self.values = values
    }
}
