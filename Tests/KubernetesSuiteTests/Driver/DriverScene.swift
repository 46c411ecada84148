import Foundation
import JSON
import Kubernetes
import Logging
import Portal
import PortalHosts
import Testing

/// A real cluster, a chart and a helm for tests of the driver; given by the environment, absent elsewhere.
struct DriverScene: Sendable {
    let kubeconfig: String
    let chart: String
    let helm: String
    let client: KubernetesClient
    let drivers: PortalHostDrivers

    /// Whether the environment names a cluster, a chart and a helm.
    static var isAvailable: Bool {
        ["PORTAL_TEST_KUBECONFIG", "PORTAL_TEST_CHART", "PORTAL_TEST_HELM"].allSatisfy { variable($0) != nil }
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    init() throws {
        let path = try #require(Self.variable("PORTAL_TEST_KUBECONFIG"))
        kubeconfig = try String(contentsOfFile: path, encoding: .utf8)
        chart = try #require(Self.variable("PORTAL_TEST_CHART"))
        helm = try #require(Self.variable("PORTAL_TEST_HELM"))
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        client = try KubernetesClient(endpoint: KubeConfig(yaml: kubeconfig).resolve(), logger: logger)
        var limits = HostLimits()
        limits.helmLockAgeMin = .seconds(1)
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().path
        let schema = try ChartSchema.load(path: "\(root)/Resources/vcluster/values.schema.json")
        drivers = PortalHostDrivers(schema: schema, simulated: nil, limits: limits, logger: logger)
    }

    /// A driver of the cluster whose settings a test may spoil.
    func driver(
        credentials: String? = nil,
        _ change: (inout HelmHostSettings) -> Void = { _ in }
    ) async throws -> any HostDriver {
        var settings = HelmHostSettings()
        settings.chart = chart
        settings.helmPath = helm
        settings.exposure = .nodePort
        settings.requestTimeoutSeconds = 10
        change(&settings)
        let host = Host(
            id: HostID(),
            name: "suite",
            settings: .helm(settings),
            hasCredentials: true,
            createdAt: Date(),
            updatedAt: Date()
        )
        // With the cluster's own credentials it can be reached, so that a failure to reach it passes.
        guard let credentials else {
            return PatientDriver(driver: try await drivers.driver(for: host, credentials: kubeconfig))
        }
        return try await drivers.driver(for: host, credentials: credentials)
    }

    /// A new vcluster's coordinates; the names are the test's own, so that runs do not meet.
    func target(_ name: String) -> VClusterTarget {
        let id = VClusterID()
        let suffix = id.description.suffix(8)
        return VClusterTarget(
            id: id,
            name: "\(name)-\(suffix)",
            namespace: "suite-\(name)-\(suffix)",
            release: "\(name)-\(suffix)",
            tenantID: TenantID(),
            hostID: HostID(),
            generation: 1
        )
    }

    /// Runs a test and removes its vcluster afterwards, whatever happened.
    func withTarget(_ name: String, _ body: (VClusterTarget) async throws -> Void) async throws {
        let target = target(name)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(target))
        } catch {
            if let error = error as? HostError { Issue.record("\(error) \(error.detail ?? "")") }
            result = .failure(error)
        }
        _ = try? await client.deleteIfPresent(ResourcePath(kind: .namespace, name: target.namespace))
        await drivers.close()
        await client.close()
        try result.get()
    }

    /// Looks at a vcluster until it is as wanted.
    func wait(
        _ driver: any HostDriver,
        _ target: VClusterTarget,
        seconds: Int = 60,
        until isWanted: (Observation) -> Bool
    ) async throws -> Observation {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while true {
            let observation = try await driver.observe(target)
            if isWanted(observation) { return observation }
            try #require(ContinuousClock.now < end, "\(observation)")
            try await Task.sleep(for: .milliseconds(300))  // polls a host cluster
        }
    }

    /// A client of a vcluster by its kubeconfig.
    func tenant(_ kubeconfig: String) throws -> KubernetesClient {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try KubernetesClient(endpoint: KubeConfig(yaml: kubeconfig).resolve(), logger: logger)
    }
}

/// Runs a change and answers the error that it ended with.
func hostError(_ body: () async throws -> Void) async -> HostError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? HostError ?? HostError(.unknown, "\(error)")
    }
}

/// Collects the lines of an operation's log.
actor SuiteLog: OperationLog {
    private(set) var lines: [String] = []

    func append(_ text: String) {
        lines.append(text)
    }
}
