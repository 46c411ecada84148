import Foundation
import JSON
import Kubernetes
import Logging
import Testing

/// The cluster that the suite runs against, by the environment; absent elsewhere.
///
/// Nothing here is special to one kind of cluster. Tests that need the annotations of the test bed look at `isTestbed`.
struct SuiteCluster: Sendable {
    /// What all namespaces of the suite begin with.
    static let namespacePrefix = "portal-suite-"

    /// The kubeconfig of the cluster: one context, everything inline.
    let kubeconfig: String
    /// The project's own client of the same cluster.
    let client: KubernetesClient
    private let path: String

    static var isAvailable: Bool { variable("PORTAL_TEST_KUBECONFIG") != nil }
    static var isTestbed: Bool { isAvailable && variable("PORTAL_TEST_TESTBED") == "1" }

    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    static var chart: String { variable("PORTAL_TEST_CHART") ?? "vcluster" }
    static var helmProgram: String { variable("PORTAL_TEST_HELM") ?? "helm" }
    static var kubectlProgram: String { variable("PORTAL_TEST_KUBECTL") ?? "kubectl" }

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func open() async throws -> SuiteCluster {
        let path = try #require(variable("PORTAL_TEST_KUBECONFIG"))
        // A host's kubeconfig may not name files of the portal's machine, so they are put into it.
        let flat = try await Command(
            executable: kubectlProgram,
            arguments: ["--kubeconfig", path, "config", "view", "--raw", "--flatten", "--minify"]
        ).run()
        let client = try KubernetesClient(endpoint: KubeConfig(yaml: flat).resolve(), logger: logger)
        let cluster = SuiteCluster(kubeconfig: flat, client: client, path: path)
        await cluster.sweep()
        return cluster
    }

    /// Removes what a run left that was killed; a run that is still on its way has younger namespaces.
    private func sweep() async {
        let oldest = Date().addingTimeInterval(-3600)
        for namespace in (try? await client.list(.namespace)) ?? [] where namespace.name.hasPrefix(Self.namespacePrefix)
        {
            guard let created = namespace.creationTimestamp, created < oldest else { continue }
            let releases = try? await helm(["list", "--all", "--namespace", namespace.name, "--short"])
            let release = releases?.split(whereSeparator: \.isWhitespace).first.map(String.init)
            await remove(namespace: namespace.name, release: release ?? "none")
        }
    }

    /// The settings of a host on this cluster.
    var hostSettings: JSONObject {
        var settings: JSONObject = [
            "chart": .string(Self.chart), "namespacePrefix": .string(Self.namespacePrefix),
            "exposure": "nodePort", "requestTimeoutSeconds": 10,
        ]
        if Self.helmProgram.hasPrefix("/") { settings["helmPath"] = .string(Self.helmProgram) }
        settings["nodePortHost"] = Self.variable("PORTAL_TEST_NODE_ADDRESS").map { .string($0) }
        return settings
    }

    /// A kubeconfig of the same cluster with another server or another user, and nothing of the right one.
    func spoiledKubeconfig(server: String? = nil) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: spoiled
          cluster: {server: "\(server ?? client.endpoint.server.url)", insecure-skip-tls-verify: true}
        users:
        - name: spoiled
          user: {token: wrong}
        contexts:
        - name: spoiled
          context: {cluster: spoiled, user: spoiled}
        current-context: spoiled
        """
    }

    /// Where nobody listens.
    static let closedServer = "https://127.0.0.1:1"

    /// kubectl as the cluster's administrator.
    @discardableResult
    func kubectl(_ arguments: [String]) async throws -> String {
        try await Command(executable: Self.kubectlProgram, arguments: ["--kubeconfig", path] + arguments).kubectl()
    }

    /// helm as the cluster's administrator.
    @discardableResult
    func helm(_ arguments: [String]) async throws -> String {
        try await Command(executable: Self.helmProgram, arguments: arguments, environment: ["KUBECONFIG": path]).run()
    }

    func exists(_ kind: ResourceKind, _ name: String, in namespace: String? = nil) async throws -> Bool {
        try await client.getIfPresent(ResourcePath(kind: kind, namespace: namespace, name: name)) != nil
    }

    /// Removes a namespace of the suite with the release in it; for what a failed test left.
    func remove(namespace: String, release: String) async {
        guard namespace.hasPrefix(Self.namespacePrefix) else { return }
        guard (try? await exists(.namespace, namespace)) == true else { return }
        _ = try? await helm(["uninstall", release, "--namespace", namespace])
        _ = try? await client.deleteIfPresent(ResourcePath(kind: .namespace, name: namespace))
    }
}

/// Looks until something is there.
///
/// - Throws: `Command.Failure` that names what did not come.
func eventually<Found>(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ look: () async throws -> Found?
) async throws -> Found {
    let end = ContinuousClock.now.advanced(by: limit)
    while true {
        if let found = try await look() { return found }
        guard ContinuousClock.now < end else { throw Command.Failure(description: "waited in vain for \(what)") }
        try await Task.sleep(for: .milliseconds(100))  // polls another machine
    }
}
