import FoundationEssentials
import HTTPCore
import Instrumentation
import JSON
import Observability
import Portal
import Synchronization

/// A host that does what a test tells it: every call is recorded, may fail, and may be held until the test lets it go.
final class ScriptedDriver: HostDriver, HostDriverFactory {
    /// A release on the host.
    struct Release: Sendable, Hashable {
        var replicas: Int
        var isPaused = false
        var isReady = true
        var generation: Int64
        var installs = 1
        var owner: String?
        var innerQuotas: [VClusterSpec.InnerQuota] = []
        /// What people have written; a restore brings back what the snapshot has of it.
        var data = 0
    }

    /// One call of the engine.
    struct Call: Sendable, Hashable {
        var name: String
        var namespace: String
        var generation: Int64
    }

    private struct State {
        var releases: [String: Release] = [:]
        var namespaces: Set<String> = []
        var calls: [Call] = []
        var traces: [TraceContext?] = []
        var failures: [String: [HostError]] = [:]
        var lasting: [String: HostError] = [:]
        var observedFailure: HostError?
        var neverReady = false
        var problems: [FieldError] = []
        var discovered: [DiscoveredRelease] = []
        var gates: [String: Gate] = [:]
        var capacity = HostCapacity(nodes: 1, allocatable: ResourceAmounts(), requested: ResourceAmounts())
        /// What the archives have, by their addresses.
        var archives: [String: Int] = [:]
        var archiveBytes: Int64? = 5 << 20
    }

    private let state = Mutex(State())

    // MARK: - The script

    /// Lets the next calls of a name fail, one error each.
    func fail(_ name: String, with errors: HostError...) {
        state.withLock { $0.failures[name, default: []] += errors }
    }

    /// Lets every call of a name fail until told otherwise.
    func failAlways(_ name: String, with error: HostError?) {
        state.withLock { $0.lasting[name] = error }
    }

    /// How large archives are; nil when the host does not tell.
    func measure(_ bytes: Int64?) {
        state.withLock { $0.archiveBytes = bytes }
    }

    /// The addresses of the archives that there are.
    var archives: [String] { state.withLock { $0.archives.keys.sorted() } }

    /// What every observation reports as its failure.
    func report(_ failure: HostError?) {
        state.withLock { $0.observedFailure = failure }
    }

    /// Whether control planes become ready.
    func becomeReady(_ isReady: Bool) {
        state.withLock { $0.neverReady = !isReady }
    }

    /// What `validate` finds.
    func find(_ problems: [FieldError]) {
        state.withLock { $0.problems = problems }
    }

    /// What `releases` finds.
    func discover(_ releases: [DiscoveredRelease]) {
        state.withLock { $0.discovered = releases }
    }

    /// What `capacity` answers.
    func offer(_ capacity: HostCapacity) {
        state.withLock { $0.capacity = capacity }
    }

    /// Changes the release in a namespace behind the engine's back; nil removes it.
    func tamper(_ namespace: String, _ change: @Sendable (Release?) -> Release?) {
        state.withLock { $0.releases[namespace] = change($0.releases[namespace]) }
    }

    /// Holds the next call of a name until the gate is opened.
    func hold(_ name: String) -> Gate {
        let gate = Gate()
        state.withLock { $0.gates[name] = gate }
        return gate
    }

    var calls: [Call] { state.withLock { $0.calls } }

    /// The trace that each call was a part of.
    var traces: [TraceContext?] { state.withLock { $0.traces } }

    func calls(_ name: String) -> [Call] { calls.filter { $0.name == name } }

    func release(in namespace: String) -> Release? { state.withLock { $0.releases[namespace] } }

    var releases: [String: Release] { state.withLock { $0.releases } }

    private func enter(_ name: String, _ target: VClusterTarget) async throws {
        let (gate, error) = state.withLock { state -> (Gate?, HostError?) in
            state.calls.append(Call(name: name, namespace: target.namespace, generation: target.generation))
            state.traces.append(InstrumentationContext.current?.trace)
            let gate = state.gates.removeValue(forKey: name)
            if var queue = state.failures[name], !queue.isEmpty {
                let error = queue.removeFirst()
                state.failures[name] = queue
                return (gate, error)
            }
            return (gate, state.lasting[name])
        }
        if let gate { try await gate.pass() }
        if let error { throw error }
    }

    // MARK: - HostDriverFactory

    func driver(for host: Host, credentials: String?) async throws -> any HostDriver { self }

    // MARK: - HostDriver

    func prepare(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter("prepare", target)
        state.withLock { _ = $0.namespaces.insert(target.namespace) }
    }

    func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws {
        try await enter("install", target)
        await log.append("installing \(target.release)\nSTATUS: deployed")
        state.withLock { state in
            var release = state.releases[target.namespace] ?? Release(replicas: 0, generation: 0, installs: 0)
            release.replicas = spec.replicas
            release.generation = target.generation
            release.installs += 1
            release.isPaused = false
            release.owner = target.id.description
            state.releases[target.namespace] = release
        }
    }

    func adopt(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter("adopt", target)
        state.withLock { state in
            state.releases[target.namespace]?.owner = target.id.description
        }
    }

    func observe(_ target: VClusterTarget) async throws -> Observation {
        try await enter("observe", target)
        return state.withLock { state in
            guard let release = state.releases[target.namespace] else { return Observation() }
            let isReady = release.isReady && !state.neverReady && !release.isPaused
            return Observation(
                exists: true,
                isPaused: release.isPaused,
                replicasDesired: release.isPaused ? 0 : release.replicas,
                replicasReady: isReady ? release.replicas : 0,
                replicasPresent: release.isPaused ? 0 : release.replicas,
                isAPIReady: isReady,
                failure: release.isPaused ? nil : state.observedFailure,
                endpoint: "https://\(target.name).example:443",
                kubernetesVersion: "v1.33.4",
                chartVersion: "0.33.0"
            )
        }
    }

    func pause(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter("pause", target)
        try state.withLock { state in
            guard state.releases[target.namespace] != nil else { throw HostError(.notFound, "There is no release.") }
            state.releases[target.namespace]?.isPaused = true
        }
    }

    func resume(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter("resume", target)
        try state.withLock { state in
            guard state.releases[target.namespace] != nil else { throw HostError(.notFound, "There is no release.") }
            state.releases[target.namespace]?.isPaused = false
        }
    }

    func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter("uninstall", target)
        state.withLock { state in
            state.releases[target.namespace] = nil
            state.namespaces.remove(target.namespace)
        }
    }

    func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int {
        try await enter("limitNamespaces", target)
        return state.withLock { state in
            defer { state.releases[target.namespace]?.innerQuotas = quotas }
            return state.releases[target.namespace]?.innerQuotas == quotas ? 0 : 1
        }
    }

    func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64? {
        try await enter("takeSnapshot", target)
        return state.withLock { state in
            state.archives[job.location] = state.releases[target.namespace]?.data
            return state.archiveBytes
        }
    }

    func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await enter("restoreSnapshot", target)
        try state.withLock { state in
            guard let data = state.archives[job.location] else {
                throw HostError(.snapshotUnreadable, "There is no archive.")
            }
            state.releases[target.namespace]?.data = data
            state.releases[target.namespace]?.isPaused = false
        }
    }

    func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await enter("deleteSnapshot", target)
        _ = state.withLock { $0.archives.removeValue(forKey: job.location) }
    }

    func kubeconfig(_ target: VClusterTarget) async throws -> String {
        try await enter("kubeconfig", target)
        return "apiVersion: v1\nkind: Config\n# \(target.name)\n"
    }

    func usage(_ target: VClusterTarget) async throws -> VClusterUsage {
        try await enter("usage", target)
        return VClusterUsage(requested: ResourceAmounts(cpuMillicores: 200), used: ResourceAmounts(cpuMillicores: 50))
    }

    func capacity() async throws -> HostCapacity { state.withLock { $0.capacity } }

    func check() async throws -> HostCheck { HostCheck(kubernetesVersion: "v1.31.0") }

    func releases() async throws -> [DiscoveredRelease] { state.withLock { $0.discovered } }

    func validate(_ spec: VClusterSpec) async throws -> [FieldError] { state.withLock { $0.problems } }
}

/// A point that a call waits at: the test learns that it is there, and lets it go.
final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let departures = AsyncStream.makeStream(of: Void.self)
    private let abandonments = AsyncStream.makeStream(of: Void.self)

    /// Waits here; throws when the waiting task is cancelled.
    func pass() async throws {
        arrivals.continuation.yield()
        for await _ in departures.stream { return }
        abandonments.continuation.yield()
        throw CancellationError()
    }

    /// Returns once somebody waits here.
    func arrived() async {
        for await _ in arrivals.stream { return }
    }

    /// Returns once the one who waited here was cancelled.
    func abandoned() async {
        for await _ in abandonments.stream { return }
    }

    /// Lets the one who waits go.
    func open() {
        departures.continuation.yield()
    }
}
