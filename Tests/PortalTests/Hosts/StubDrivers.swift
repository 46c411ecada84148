import Portal
import Synchronization

/// Drivers that only know how to be checked, and remember what they were made from.
final class StubDrivers: HostDriverFactory {
    private let result: @Sendable () async throws -> HostCheck
    private let credentials = Mutex<[String?]>([])

    /// The credentials of all drivers made so far.
    var seenCredentials: [String?] { credentials.withLock { $0 } }

    init(_ result: @escaping @Sendable () async throws -> HostCheck = { HostCheck(kubernetesVersion: "v1.31.0") }) {
        self.result = result
    }

    func driver(for host: Host, credentials: String?) async throws -> any HostDriver {
        self.credentials.withLock { $0.append(credentials) }
        return StubDriver(result: result)
    }
}

private struct StubDriver: HostDriver {
    let result: @Sendable () async throws -> HostCheck

    func check() async throws -> HostCheck { try await result() }

    func prepare(_ target: VClusterTarget, log: any OperationLog) async throws { throw unused }
    func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws { throw unused }
    func adopt(_ target: VClusterTarget, log: any OperationLog) async throws { throw unused }
    func observe(_ target: VClusterTarget) async throws -> Observation { throw unused }
    func pause(_ target: VClusterTarget, log: any OperationLog) async throws { throw unused }
    func resume(_ target: VClusterTarget, log: any OperationLog) async throws { throw unused }
    func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws { throw unused }
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
    ) async throws -> Int64? { throw unused }
    func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        throw unused
    }
    func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        throw unused
    }

    func kubeconfig(_ target: VClusterTarget) async throws -> String { throw unused }
    func usage(_ target: VClusterTarget) async throws -> VClusterUsage { throw unused }
    func capacity() async throws -> HostCapacity { throw unused }
    func releases() async throws -> [DiscoveredRelease] { throw unused }
    func validate(_ spec: VClusterSpec) async throws -> [FieldError] { throw unused }

    private var unused: HostError { HostError(.unknown, "The stub does not do this.") }
}
