public import JSON

/// What a vcluster should be: the part of it that people write and the driver applies.
///
/// A value of this type may still break rules; `validated(_:)` is the door from JSON, `problems()` the check alone.
/// Source: openapi.yaml `VClusterSpec`; the meaning of every field is that of the chart (≥ 0.20) it is mapped to.
public struct VClusterSpec: Sendable, Hashable {
    /// Version of the virtual Kubernetes, with the `v` as in `v1.33.4`; nil means the chart's own.
    public var kubernetesVersion: String?
    /// Chart version without `v`; nil means the host's.
    public var chartVersion: String?
    /// Always `k8s`: the chart has no other distribution since 0.33.
    public var distro: String
    /// Control-plane replicas, ≥ 1; more than one needs a backing store outside of the pod.
    public var replicas: Int
    /// Requests and limits of the control plane itself.
    public var resources: Resources
    /// Where the virtual API server keeps its objects.
    public var backingStore: BackingStore
    /// The volume of the control plane (or of the deployed etcd).
    public var persistence: Persistence
    /// The envelope of everything the tenant runs inside.
    public var quota: Envelope
    /// Limits of namespaces inside of the vcluster, most important first.
    public var innerQuotas: [InnerQuota]
    /// How far the tenant's pods are kept apart from the rest of the host.
    public var isolation: Isolation
    /// How the virtual API server is reached.
    public var exposure: Exposure
    /// What is synced beyond the defaults.
    public var sync: Sync
    /// The service account of the control plane.
    public var serviceAccount: ServiceAccount
    /// Plugins of the syncer, by name in their order.
    public var plugins: [Plugin]
    /// Chart values merged over the generated ones; checked against the chart's schema by the driver.
    public var helmValues: JSONObject

    /// Makes a spec; the defaults are a small cluster on SQLite.
    public init(
        kubernetesVersion: String? = nil,
        chartVersion: String? = nil,
        distro: String = "k8s",
        replicas: Int = 1,
        resources: Resources = Resources(),
        backingStore: BackingStore = BackingStore(),
        persistence: Persistence = Persistence(),
        quota: Envelope = Envelope(),
        innerQuotas: [InnerQuota] = [],
        isolation: Isolation = .none,
        exposure: Exposure = Exposure(),
        sync: Sync = Sync(),
        serviceAccount: ServiceAccount = ServiceAccount(),
        plugins: [Plugin] = [],
        helmValues: JSONObject = JSONObject()
    ) {
        self.kubernetesVersion = kubernetesVersion
        self.chartVersion = chartVersion
        self.distro = distro
        self.replicas = replicas
        self.resources = resources
        self.backingStore = backingStore
        self.persistence = persistence
        self.quota = quota
        self.innerQuotas = innerQuotas
        self.isolation = isolation
        self.exposure = exposure
        self.sync = sync
        self.serviceAccount = serviceAccount
        self.plugins = plugins
        self.helmValues = helmValues
    }
}

extension VClusterSpec {
    /// How far a tenant's pods are kept apart from the rest of the host.
    public enum Isolation: String, Sendable, Hashable, CaseIterable {
        /// No policies but those of the host.
        case none
        /// Resource quota and limit range.
        case lite
        /// Quota, limit range, network policies and the baseline pod security standard.
        case full
    }

    /// One set of compute resources; nil leaves the chart's default.
    public struct ComputeResources: Sendable, Hashable {
        /// Cores.
        public var cpu: Quantity?
        /// Bytes of memory.
        public var memory: Quantity?
        /// Bytes of the node's disk.
        public var ephemeralStorage: Quantity?

        /// Makes a set; what is not given stays at the chart's default.
        public init(cpu: Quantity? = nil, memory: Quantity? = nil, ephemeralStorage: Quantity? = nil) {
            self.cpu = cpu
            self.memory = memory
            self.ephemeralStorage = ephemeralStorage
        }
    }

    /// Requests and limits of the control plane.
    public struct Resources: Sendable, Hashable {
        /// What the scheduler sets aside.
        public var requests: ComputeResources
        /// What the control plane may not exceed.
        public var limits: ComputeResources

        /// Makes requests and limits.
        public init(requests: ComputeResources = ComputeResources(), limits: ComputeResources = ComputeResources()) {
            self.requests = requests
            self.limits = limits
        }
    }

    /// The envelope of the tenant's pods and volumes; becomes the ResourceQuota of the namespace.
    public struct Envelope: Sendable, Hashable {
        /// Cores.
        public var cpu: Quantity?
        /// Bytes of memory.
        public var memory: Quantity?
        /// Bytes of persistent volumes.
        public var storage: Quantity?
        /// Whole GPUs.
        public var gpus: Int?
        /// Pods, those of the control plane included.
        public var pods: Int?
        /// Pieces of other extended resources by name, `nvidia.com/mig-1g.5gb`.
        public var extended: [String: Int]

        /// Makes an envelope; what is not given is not limited by the spec.
        public init(
            cpu: Quantity? = nil,
            memory: Quantity? = nil,
            storage: Quantity? = nil,
            gpus: Int? = nil,
            pods: Int? = nil,
            extended: [String: Int] = [:]
        ) {
            self.cpu = cpu
            self.memory = memory
            self.storage = storage
            self.gpus = gpus
            self.pods = pods
            self.extended = extended
        }

        /// Whether nothing is limited.
        public var isEmpty: Bool { self == Envelope() }
    }
}
