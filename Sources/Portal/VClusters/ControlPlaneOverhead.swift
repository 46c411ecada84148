/// What the control plane of a spec takes from the quota of its own namespace.
public struct ControlPlaneOverhead: Sendable, Hashable {
    /// CPU that its pods request.
    public let requestedCPU: Quantity
    /// CPU that its pods may use.
    public let limitCPU: Quantity
    /// Memory that its pods request.
    public let requestedMemory: Quantity
    /// Memory that its pods may use.
    public let limitMemory: Quantity
    /// The sizes of its volumes.
    public let storage: Quantity
    /// Its pods, those that exist for the time of an update included.
    public let pods: Int

    /// The chart's defaults at 0.20 … 0.37: the syncer's resources, those of etcd, the size of a volume, and what the
    /// limit range gives to a container without limits.
    public enum Default {
        /// CPU that a control-plane pod requests.
        public static let cpu = Quantity(Millicores(200))
        /// Memory that a control-plane pod requests.
        public static let memory = Quantity(Bytes(256 << 20))
        /// Memory that a control-plane pod may use.
        public static let memoryLimit = Quantity(Bytes(4 << 30))
        /// CPU that a pod without a limit may use.
        public static let cpuLimit = Quantity(1)
        /// CPU that a member of the deployed etcd requests.
        public static let etcdCPU = Quantity(Millicores(20))
        /// Memory that a member of the deployed etcd requests.
        public static let etcdMemory = Quantity(Bytes(150 << 20))
        /// Memory that a member of the deployed etcd may use.
        public static let etcdMemoryLimit = Quantity(Bytes(512 << 20))
        /// The volume of the control plane, or of a member of the deployed etcd.
        public static let volume = Quantity(Bytes(5 << 30))
    }

    /// The overhead of a spec.
    public init(spec: VClusterSpec) {
        let isDeployedEtcd = spec.backingStore.type == .deployedEtcd
        let members = isDeployedEtcd ? Int64(spec.backingStore.etcdReplicas) : 0
        let requests = spec.resources.requests
        let limits = spec.resources.limits
        let isStatefulSet = spec.backingStore.type == .embeddedDatabase && spec.persistence.enabled != false
        // A Deployment starts the new pod beside the old one; a StatefulSet replaces them one by one.
        let controlPods = Int64(spec.replicas) + (isStatefulSet ? 0 : 1)
        func total(_ control: Quantity, _ etcd: Quantity) -> Quantity {
            let forPods = (try? control.multiplied(by: controlPods)) ?? control
            let forMembers = (try? etcd.multiplied(by: members)) ?? etcd
            return (try? forPods.adding(forMembers)) ?? forPods
        }
        requestedCPU = total(requests.cpu ?? Default.cpu, Default.etcdCPU)
        requestedMemory = total(requests.memory ?? Default.memory, Default.etcdMemory)
        limitCPU = total(limits.cpu ?? Default.cpuLimit, Default.cpuLimit)
        limitMemory = total(limits.memory ?? Default.memoryLimit, Default.etcdMemoryLimit)
        let volumes = isDeployedEtcd ? members : (isStatefulSet ? Int64(spec.replicas) : 0)
        let size = spec.persistence.size ?? Default.volume
        storage = (try? size.multiplied(by: volumes)) ?? size
        pods = Int(controlPods + members)
    }
}
