import Portal
import Synchronization

/// The driver of `ScriptedHosts`.
struct ScriptedDriver: HostDriver {
    let hosts: ScriptedHosts

    func prepare(_ target: VClusterTarget, log: any OperationLog) async throws {
        try hosts.begin(.prepare)
        await log.append("namespace \(target.namespace) is there")
    }

    func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws {
        try hosts.begin(.install)
        await log.append("release \(target.release) is installed")
        hosts.state.withLock { $0.releases[target.id] = ScriptedHosts.Release(spec: spec) }
    }

    func adopt(_ target: VClusterTarget, log: any OperationLog) async throws {
        try hosts.begin(.adopt)
        hosts.state.withLock { $0.releases[target.id] = ScriptedHosts.Release(spec: VClusterSpec()) }
    }

    func observe(_ target: VClusterTarget) async throws -> Observation {
        try hosts.begin(.observe)
        guard let release = hosts.state.withLock({ $0.releases[target.id] }) else {
            return Observation(exists: false)
        }
        let replicas = release.isPaused ? 0 : release.spec.replicas
        return Observation(
            exists: true,
            isPaused: release.isPaused,
            replicasDesired: replicas,
            replicasReady: replicas,
            replicasPresent: replicas,
            isCurrent: true,
            isAPIReady: !release.isPaused,
            checks: [HealthCheck(name: "readyz", state: release.isPaused ? .unknown : .passing)],
            endpoint: "https://\(target.name).test:6443",
            kubernetesVersion: release.spec.kubernetesVersion ?? "v1.33.4",
            chartVersion: "0.30.0"
        )
    }

    func pause(_ target: VClusterTarget, log: any OperationLog) async throws {
        try hosts.begin(.pause)
        hosts.state.withLock { $0.releases[target.id]?.isPaused = true }
    }

    func resume(_ target: VClusterTarget, log: any OperationLog) async throws {
        try hosts.begin(.resume)
        hosts.state.withLock { $0.releases[target.id]?.isPaused = false }
    }

    func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws {
        try hosts.begin(.uninstall)
        _ = hosts.state.withLock { $0.releases.removeValue(forKey: target.id) }
    }

    func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int { 0 }

    func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64? {
        try hosts.begin(.takeSnapshot)
        return 5 << 20
    }

    func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try hosts.begin(.restoreSnapshot)
        hosts.state.withLock { $0.releases[target.id]?.isPaused = false }
    }

    func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try hosts.begin(.deleteSnapshot)
    }

    func kubeconfig(_ target: VClusterTarget) async throws -> String {
        try hosts.begin(.kubeconfig)
        return "apiVersion: v1\nkind: Config\nclusters: []\n"
    }

    func usage(_ target: VClusterTarget) async throws -> VClusterUsage {
        try hosts.begin(.usage)
        return VClusterUsage(
            requested: ResourceAmounts(cpuMillicores: 1_500, memoryBytes: 2 << 30, pods: 3),
            used: ResourceAmounts(cpuMillicores: 200, memoryBytes: 300 << 20),
            overhead: ResourceAmounts(cpuMillicores: 200, memoryBytes: 256 << 20)
        )
    }

    func capacity() async throws -> HostCapacity {
        HostCapacity(
            nodes: 3,
            allocatable: ResourceAmounts(cpuMillicores: 64_000, memoryBytes: 256 << 30, pods: 330),
            requested: ResourceAmounts(cpuMillicores: 0, memoryBytes: 0, pods: 0)
        )
    }

    func check() async throws -> HostCheck {
        try hosts.begin(.check)
        return HostCheck(kubernetesVersion: "v1.31.0")
    }

    func releases() async throws -> [DiscoveredRelease] {
        hosts.state.withLock { $0.found }
    }

    func validate(_ spec: VClusterSpec) async throws -> [FieldError] {
        try hosts.begin(.validate)
        return hosts.state.withLock { $0.problems }
    }
}
