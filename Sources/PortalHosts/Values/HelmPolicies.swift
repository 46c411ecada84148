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
        for (name, count) in spec.quota.extended.sorted(by: { $0.key < $1.key }) {
            quota["requests.\(name)"] = .string("\(count)")
        }
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
