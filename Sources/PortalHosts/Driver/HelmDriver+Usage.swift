import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Reads what the vcluster requests and uses now, control plane and tenant pods together.
    ///
    /// Tenant pods are those that the syncer labelled; a tenant cannot take that label away. Use is nil for cpu and
    /// memory without a metrics server.
    public func usage(_ target: VClusterTarget) async throws -> VClusterUsage {
        try await requireOwnership(of: target)
        let name = target.namespace
        async let tenantPods = cluster.list(.pod, in: name, labels: VClusterKeys.tenant(target))
        async let controlPods = cluster.list(.pod, in: name, labels: VClusterKeys.controlPlane(target))
        async let etcdPods = cluster.list(.pod, in: name, labels: VClusterKeys.etcd(target))
        async let claims = cluster.list(.persistentVolumeClaim, in: name)
        let own = try await controlPods + etcdPods
        let tenant = try await tenantPods
        var overhead = own.reduce(ResourceAmounts.none) { $0.adding(PodResources.requests(of: $1)) }
        var requested = tenant.reduce(ResourceAmounts.none) { $0.adding(PodResources.requests(of: $1)) }
        var stored = ResourceAmounts.none
        for claim in try await claims {
            let amount = PodResources.storage(of: claim)
            if Self.isControlPlaneClaim(claim.name, release: target.release) {
                overhead = overhead.adding(amount)
            } else if claim.labels[VClusterKeys.managedBy] == target.release {
                requested = requested.adding(amount)
            } else {
                continue
            }
            stored = stored.adding(PodResources.amounts(claim.status["capacity"]))
        }
        requested = requested.adding(overhead)
        var used = try await measured(names: Set((own + tenant).map(\.name)), in: name)
        // The host tells the size of a bound volume, not how full it is; that size is what it costs.
        used.storageBytes = stored.storageBytes
        used.gpus = requested.gpus
        used.pods = requested.pods
        return VClusterUsage(requested: requested, used: used, overhead: overhead)
    }

    /// Measured cpu and memory of pods; nil for both when the host has no metrics.
    private func measured(names: Set<String>, in namespace: String) async throws -> ResourceAmounts {
        let metrics: [KubernetesObject]
        do {
            metrics = try await cluster.list(.podMetrics, in: namespace)
        } catch let error as HostError where error.reason == .permissionDenied || error.reason == .hostUnreachable {
            // The metrics API is a server of its own that may be down while the host is fine.
            return ResourceAmounts()
        }
        let ours = metrics.filter { names.contains($0.name) }
        guard !ours.isEmpty else { return ResourceAmounts() }
        let sum = ours.reduce(ResourceAmounts.none) { $0.adding(PodResources.usage(of: $1)) }
        return ResourceAmounts(cpuMillicores: sum.cpuMillicores, memoryBytes: sum.memoryBytes)
    }

    /// Reads what the host offers and how much of it is requested.
    ///
    /// Only nodes that are ready and accept pods count. Kubernetes knows no total of storage, so that stays nil.
    public func capacity() async throws -> HostCapacity {
        async let nodes = cluster.list(.node)
        async let pods = cluster.list(.pod, fields: "status.phase!=Succeeded,status.phase!=Failed")
        let usable = try await nodes.filter { node in
            node.condition("Ready")?["status"]?.string == "True" && node.spec["unschedulable"]?.bool != true
        }
        var allocatable = usable.reduce(ResourceAmounts.none) {
            $0.adding(PodResources.amounts($1.status["allocatable"]))
        }
        allocatable.storageBytes = nil
        var requested = try await pods.reduce(ResourceAmounts.none) { $0.adding(PodResources.requests(of: $1)) }
        requested.storageBytes = nil
        return HostCapacity(nodes: usable.count, allocatable: allocatable, requested: requested)
    }
}
