import Foundation
import JSON
public import Portal

extension SimulatedDriver {
    /// Reads the state of the release at this moment.
    public func observe(_ target: VClusterTarget) async throws -> Observation {
        try await enter(isChange: false)
        guard let release = try await release(of: target), release.vclusterID == target.id else {
            return Observation()
        }
        let isSettled = release.readyAt <= hosts.time.now()
        let failure = release.state == .running ? failure(of: release) : nil
        let isReady = release.state == .running && isSettled && failure == nil
        let isPaused = release.state == .paused
        return Observation(
            exists: true,
            isPaused: isPaused,
            replicasDesired: isPaused ? 0 : release.replicas,
            replicasReady: isReady ? release.replicas : 0,
            replicasPresent: release.state == .running || !isSettled ? release.replicas : 0,
            isCurrent: release.state != .deleting,
            isAPIReady: release.state == .running ? isReady : nil,
            checks: checks(of: release, isReady: isReady, failure: failure),
            failure: failure,
            endpoint: Self.server(of: target),
            kubernetesVersion: release.kubernetesVersion,
            chartVersion: release.chartVersion
        )
    }

    private func failure(of release: SimulatedRelease) -> HostError? {
        guard let reason = release.spec["reason"]?.string else { return nil }
        return SimulatedFailure(labels: [SimulatedFailure.label: reason])?.error(host: hostName)
    }

    private func checks(of release: SimulatedRelease, isReady: Bool, failure: HostError?) -> [HealthCheck] {
        let isRunning = release.state == .running
        let state: HealthCheck.State = isRunning ? (isReady ? .passing : .pending) : .unknown
        let message = isRunning ? "Simulated." : "Simulated; stopped."
        return ["workload", "pods", "readyz", "kubeconfig", "volumes", "etcd", "dns"].map { name in
            if name == "pods", let failure {
                return HealthCheck(name: name, state: .failing, message: failure.message)
            }
            return HealthCheck(name: name, state: name == "etcd" ? .unknown : state, message: message)
        }
    }

    /// An address that can never exist (RFC 6761 section 6.4).
    static func server(of target: VClusterTarget) -> String { "https://\(target.name).simulated.invalid" }

    /// Returns a kubeconfig that says in several places that it leads nowhere.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`.
    public func kubeconfig(_ target: VClusterTarget) async throws -> String {
        try await enter(isChange: false)
        _ = try await ownRelease(of: target)
        let name = "\(target.name)@\(hostName)-simulated"
        return """
            # SIMULATED: host \(hostName) is not real, and no API server answers at this address.
            apiVersion: v1
            kind: Config
            clusters:
            - name: \(name)
              cluster:
                server: \(Self.server(of: target))
            contexts:
            - name: \(name)
              context:
                cluster: \(name)
                user: \(name)
            current-context: \(name)
            users:
            - name: \(name)
              user:
                token: simulated

            """
    }

    /// Reads what the release requests, and makes up what it uses of it at this time of day.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`.
    public func usage(_ target: VClusterTarget) async throws -> VClusterUsage {
        try await enter(isChange: false)
        let release = try await ownRelease(of: target)
        let isRunning = release.state == .running
        let requested = ResourceAmounts(
            cpuMillicores: isRunning ? release.cpuMillicores : 0,
            memoryBytes: isRunning ? release.memoryBytes : 0,
            storageBytes: release.storageBytes,
            gpus: isRunning ? release.spec["gpus"]?.int ?? 0 : 0,
            pods: isRunning ? Int64(release.pods) : 0
        )
        let curve = SimulatedUsageCurve(settings: settings.usage, seed: settings.seed)
        let share = curve.share(of: target.namespace, at: hosts.time.now())
        func used(_ amount: Int64?) -> Int64? { amount.map { Int64((Double($0) * share).rounded()) } }
        return VClusterUsage(
            requested: requested,
            used: ResourceAmounts(
                cpuMillicores: used(requested.cpuMillicores),
                memoryBytes: used(requested.memoryBytes),
                storageBytes: requested.storageBytes,
                gpus: requested.gpus,
                pods: requested.pods
            ),
            overhead: isRunning ? overhead(of: release) : ResourceAmounts.none
        )
    }

    private func overhead(of release: SimulatedRelease) -> ResourceAmounts {
        guard let json = release.spec["spec"], let spec = try? VClusterSpec(validating: json) else { return .none }
        let overhead = ControlPlaneOverhead(spec: spec)
        return ResourceAmounts(
            cpuMillicores: try? overhead.requestedCPU.millicores().value,
            memoryBytes: overhead.requestedMemory.bytes().value,
            storageBytes: overhead.storage.bytes().value,
            gpus: 0,
            pods: Int64(spec.replicas)
        )
    }

    /// Reads the configured capacity and what the releases take of it.
    public func capacity() async throws -> HostCapacity {
        try await enter(isChange: false)
        let capacity = settings.capacity
        let totals = try await store.totals(host: hostID)
        return HostCapacity(
            nodes: settings.nodes,
            allocatable: ResourceAmounts(
                cpuMillicores: try? capacity.cpu.millicores().value,
                memoryBytes: capacity.memory.bytes().value,
                storageBytes: capacity.storage.bytes().value,
                gpus: Int64(capacity.gpus),
                pods: Int64(capacity.pods)
            ),
            requested: totals.requested
        )
    }

    /// Answers the configured version, and warns that nothing here is real.
    public func check() async throws -> HostCheck {
        try await enter(isChange: false)
        return HostCheck(
            kubernetesVersion: settings.kubernetesVersion,
            warnings: ["This host is simulated: nothing really runs on it."]
        )
    }

    /// Lists the releases of the host by namespace.
    public func releases() async throws -> [DiscoveredRelease] {
        try await enter(isChange: false)
        let now = hosts.time.now()
        return try await store.list(host: hostID)
            .filter { !($0.state == .deleting && $0.readyAt <= now) }
            .map { release in
                DiscoveredRelease(
                    release: release.release,
                    namespace: release.namespace,
                    chartVersion: release.chartVersion,
                    kubernetesVersion: release.kubernetesVersion,
                    replicas: release.replicas,
                    isPaused: release.state == .paused,
                    managedBy: release.vclusterID?.description
                )
            }
    }

    /// Checks a spec against the chart's schema, as a real host would.
    public func validate(_ spec: VClusterSpec) async throws -> [FieldError] {
        let context = HelmValues.Context(settings: HelmHostSettings(), release: "name", namespace: "namespace")
        return ValuesValidator(schema: hosts.schema, chartVersion: nil).problems(of: spec, context: context)
    }
}
