import Foundation
import JSON
import Kubernetes
import Portal
import PortalHosts
import PortalTesting
import Synchronization
import Testing

/// A whole portal on a socket, with workers, whose one host is the cluster of the suite.
struct SuitePortal: Sendable {
    let cluster: SuiteCluster
    let portal: TestPortal
    /// An administrator: hosts and adoption.
    let admin: TestClient
    /// A member of a team: vclusters.
    let member: TestClient
    let hostID: String
    private let made: Made

    /// How a test wants the host and the engine.
    struct Setup: Sendable {
        var settings: JSONObject
        var kubeconfig: String
        var limits = PortalLimits.testing
    }

    /// What was made on the cluster, to be removed whatever happens.
    private final class Made: Sendable {
        let releases = Mutex<[(namespace: String, release: String)]>([])
    }

    /// Runs a test on a portal of its own and leaves nothing on the cluster.
    static func run(
        _ change: (SuiteCluster, inout Setup) -> Void = { _, _ in },
        _ body: @escaping @Sendable (SuitePortal) async throws -> Void
    ) async throws {
        let cluster = try await SuiteCluster.open()
        var setup = Setup(settings: cluster.hostSettings, kubeconfig: cluster.kubeconfig)
        change(cluster, &setup)
        var limits = HostLimits()
        limits.helmLockAgeMin = .seconds(1)
        let schema = try ChartSchema.load(path: TestProject.root() + "/Resources/vcluster/values.schema.json")
        let drivers = PortalHostDrivers(schema: schema, simulated: nil, limits: limits, logger: SuiteCluster.logger)
        var options = TestPortalOptions.live
        options.drivers = drivers
        options.portalLimits = setup.limits
        let made = Made()
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withPortal(options) { [setup] portal in
                    try await body(try await SuitePortal(cluster, portal, setup, made))
                }
            )
        } catch {
            result = .failure(error)
        }
        // After the portal, so that no worker of it goes on; by a task of its own, because a test that ran out of
        // time is cancelled.
        await Task {
            for entry in made.releases.withLock({ $0 }) {
                await cluster.remove(namespace: entry.namespace, release: entry.release)
            }
            await drivers.close()
            await cluster.client.close()
        }.value
        try result.get()
    }

    private init(_ cluster: SuiteCluster, _ portal: TestPortal, _ setup: Setup, _ made: Made) async throws {
        self.cluster = cluster
        self.portal = portal
        self.made = made
        admin = try await portal.client(as: .admin)
        member = try await portal.client(as: .member)
        let answer = try await admin.post(
            "/api/v1/hosts",
            [
                "name": "suite", "driver": "helm", "kubeconfig": .string(setup.kubeconfig),
                "settings": .object(setup.settings),
            ]
        )
        try #require(answer.status == 201, "\(answer.text)")
        #expect(!answer.text.contains("token"), "the credentials of a host are never told")
        hostID = try #require(answer.json["id"]?.string)
    }

    /// Remembers something on the cluster that has to go with the test.
    func willRemove(namespace: String, release: String) {
        made.releases.withLock { $0.append((namespace, release)) }
    }

    /// Asks for a vcluster; answers as soon as the portal does.
    func create(_ name: String, spec: JSONValue = [:]) async throws -> SuiteVCluster {
        let answer = try await requestCreation(name, spec: spec)
        try #require(answer.status == 202, "\(answer.text)")
        return try found(answer.json)
    }

    /// The bare answer to the wish for a vcluster.
    func requestCreation(_ name: String, spec: JSONValue) async throws -> TestResponse {
        try await member.post(
            "/api/v1/vclusters",
            [
                "tenantId": .string(portal.organization.payments.id.description), "hostId": .string(hostID),
                "name": .string(name), "spec": spec,
            ]
        )
    }

    /// The vcluster of an answer 202.
    func found(_ json: JSONValue) throws -> SuiteVCluster {
        let vcluster = try SuiteVCluster(scene: self, json: try #require(json["vcluster"]))
        willRemove(namespace: vcluster.namespace, release: vcluster.release)
        return vcluster
    }

    /// Gives a setting of the host its right value back: that of the suite, or the default.
    func repairHost(_ setting: String) async throws {
        try await patchHost(["settings": .object([setting: cluster.hostSettings[setting] ?? .null])])
    }

    /// Stores another kubeconfig for the host.
    func repairHost(kubeconfig: String) async throws {
        try await patchHost(["kubeconfig": .string(kubeconfig)])
    }

    private func patchHost(_ patch: JSONValue) async throws {
        let answer = try await admin.patch("/api/v1/hosts/\(hostID)", patch)
        try #require(answer.status == 200, "\(answer.text)")
    }
}
