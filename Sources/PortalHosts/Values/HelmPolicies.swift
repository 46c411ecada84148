import JSON
import Portal

/// The `policies` of a values document: isolation, and the tenant's envelope as the namespace's ResourceQuota.
///
/// The quota of a namespace counts the control plane too, so its own needs are added to what the tenant was promised.
struct HelmPolicies {
    let spec: VClusterSpec
    let exposure: VClusterSpec.Exposure

    /// Keys of the chart's own default quota that stand for a dimension of the envelope.
    ///
    /// With `isolation: none` those
    /// of dimensions without a promise are taken out by `null`, for then nothing but the envelope shall limit.
    static let chartQuotaKeys = [
        "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu",
        "limits.memory", "limits.ephemeral-storage", "services.nodeports", "services.loadbalancers", "count/endpoints",
        "count/pods", "count/services", "count/secrets", "count/configmaps", "count/persistentvolumeclaims",
    ]

    /// Limits may add up to this many times the requests, the ratio of the chart's own default quota.
    ///
    /// A quota of
    /// limits equal to the requests would refuse the second pod of most workloads, whose limits are generous.
    static let limitsPerRequest: Int64 = 2

    func set(in values: inout JSONObject) {
        let isolation = spec.isolation
        if isolation == .full {
            values.set("policies", "networkPolicy", "enabled", to: true)
            values.set("policies", "podSecurityStandard", to: "baseline")
        }
        guard isolation != .none || !spec.quota.isEmpty else { return }
        values.set("policies", "resourceQuota", "enabled", to: true)
        // Without a limit range a quota of limits refuses every pod that names none, the control plane's included.
        values.set("policies", "limitRange", "enabled", to: true)
        var quota = envelope
        for (key, value) in nodePorts where isolation != .none { quota[key] = value }
        if isolation == .none {
            for key in Self.chartQuotaKeys where quota[key] == nil { quota[key] = .null }
        }
        values.set("policies", "resourceQuota", "quota", to: .object(quota))
    }

    /// The promise plus the control plane, by the keys of a ResourceQuota.
    private var envelope: JSONObject {
        let overhead = ControlPlaneOverhead(spec: spec)
        var quota = JSONObject()
        if let cpu = spec.quota.cpu {
            quota["requests.cpu"] = Self.sum(cpu, 1, overhead.requestedCPU)
            quota["limits.cpu"] = Self.sum(cpu, Self.limitsPerRequest, overhead.limitCPU)
        }
        if let memory = spec.quota.memory {
            quota["requests.memory"] = Self.sum(memory, 1, overhead.requestedMemory)
            quota["limits.memory"] = Self.sum(memory, Self.limitsPerRequest, overhead.limitMemory)
        }
        if let storage = spec.quota.storage {
            quota["requests.storage"] = Self.sum(storage, 1, overhead.storage)
        }
        if let gpus = spec.quota.gpus { quota["requests.nvidia.com/gpu"] = .string("\(gpus)") }
        if let pods = spec.quota.pods { quota["count/pods"] = .string("\(pods)") }
        return quota
    }

    /// The chart's quota allows no node port and one load balancer; what the control plane itself takes comes on top.
    private var nodePorts: JSONObject {
        switch exposure.type {
        case .nodePort: ["services.nodeports": "2"]
        case .loadBalancer: ["services.nodeports": "1", "services.loadbalancers": "2"]
        case .clusterIP, .ingress: [:]
        }
    }

    /// A sum beyond what a quantity can hold is no limit in practice, so the promise alone will do.
    private static func sum(_ promise: Quantity, _ factor: Int64, _ overhead: Quantity) -> JSONValue {
        let product = (try? promise.multiplied(by: factor)) ?? promise
        return ((try? product.adding(overhead)) ?? product).json
    }
}

/// What the control plane of a spec takes from the quota of its own namespace.
struct ControlPlaneOverhead {
    let requestedCPU: Quantity
    let limitCPU: Quantity
    let requestedMemory: Quantity
    let limitMemory: Quantity
    let storage: Quantity

    /// The chart's defaults at 0.20 … 0.37: the syncer's resources, those of etcd, the size of a volume, and what the
    /// limit range gives to a container without limits.
    private enum Default {
        static let cpu = Quantity(Millicores(200))
        static let memory = Quantity(Bytes(256 << 20))
        static let memoryLimit = Quantity(Bytes(4 << 30))
        static let cpuLimit = Quantity(1)
        static let etcdCPU = Quantity(Millicores(20))
        static let etcdMemory = Quantity(Bytes(150 << 20))
        static let etcdMemoryLimit = Quantity(Bytes(512 << 20))
        static let volume = Quantity(Bytes(5 << 30))
    }

    init(spec: VClusterSpec) {
        let isDeployedEtcd = spec.backingStore.type == .deployedEtcd
        let members = isDeployedEtcd ? Int64(spec.backingStore.etcdReplicas) : 0
        let requests = spec.resources.requests
        let limits = spec.resources.limits
        let isStatefulSet = spec.backingStore.type == .embeddedDatabase && spec.persistence.enabled != false
        // A Deployment starts the new pod beside the old one; a StatefulSet replaces them one by one.
        let pods = Int64(spec.replicas) + (isStatefulSet ? 0 : 1)
        func total(_ control: Quantity, _ etcd: Quantity) -> Quantity {
            let forPods = (try? control.multiplied(by: pods)) ?? control
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
    }
}
