import Foundation
import JSON
import Portal
import PortalTesting
import Testing

/// `kill -9` of the server while a real helm installs on a real cluster; skipped without a cluster.
@Suite(.serialized, .enabled(if: RealCluster.variable("PORTAL_TEST_KUBECONFIG") != nil))
struct RealInstallCrashTests {
    @Test(.timeLimit(.minutes(5))) func install_isFinishedByTheNextServer() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            var server = try await site.start()
            defer { server.process.kill() }
            let first = APIClient(url: server.url, token: site.adminToken)
            let created = try await Self.create(by: first, at: site)
            let id = try #require(created["vcluster"]?["id"]?.string)
            let operation = try #require(created["operation"]?["id"]?.string)
            let namespace = try #require(created["vcluster"]?["namespace"]?.string)
            try await Self.poll("helm to be at work") {
                let secrets = try await Self.releaseSecrets(in: namespace)
                return secrets.isEmpty ? nil : true
            }

            server.process.kill()
            try await server.process.waitUntilEnd()
            server = try await site.start()

            let second = APIClient(url: server.url, token: site.adminToken)
            let ended = try await Self.poll("the operation to end") {
                let answer = try await second.get("/api/v1/operations/\(operation)")
                return answer["finishedAt"]?.string == nil ? JSONValue?.none : answer
            }
            #expect(ended["state"]?.string == "succeeded", "\(ended)")
            let vcluster = try await second.get("/api/v1/vclusters/\(id)")
            #expect(vcluster["phase"]?.string == "RUNNING")
            let workloads = try await Self.kubectl(["-n", namespace, "get", "statefulsets", "-o", "name"])
            #expect(workloads == ["statefulset.apps/crash"])
            let locked = try await Self.releaseSecrets(in: namespace, status: "pending-install")
            #expect(locked.isEmpty)

            try await second.delete("/api/v1/vclusters/\(id)?gracePeriodSeconds=0")
            try await Self.poll("the namespace to be gone") { () -> Bool? in
                let names = try await Self.kubectl(["get", "namespaces", "-o", "name"])
                // An answer, and no failure of kubectl to get one.
                guard names.contains("namespace/default") else { return nil }
                return names.contains("namespace/\(namespace)") ? nil : true
            }
        }
    }

    private static func create(by admin: APIClient, at site: Site) async throws -> JSONValue {
        let kubeconfig = try await kubectl(["config", "view", "--raw", "--flatten", "--minify"])
        var settings: JSONObject = [
            "namespacePrefix": "portal-suite-", "exposure": "nodePort",
            "chart": .string(RealCluster.variable("PORTAL_TEST_CHART") ?? "vcluster"),
        ]
        settings["helmPath"] = RealCluster.variable("PORTAL_TEST_HELM").map { .string($0) }
        settings["nodePortHost"] = RealCluster.variable("PORTAL_TEST_NODE_ADDRESS").map { .string($0) }
        let host = try await admin.post(
            "/api/v1/hosts",
            [
                "name": "real", "driver": "helm", "kubeconfig": .string(kubeconfig.joined(separator: "\n")),
                "settings": .object(settings),
            ]
        )
        let hostID = try #require(host["id"])
        let tenant = site.organization.payments.id.description
        return try await admin.post(
            "/api/v1/vclusters",
            ["tenantId": .string(tenant), "hostId": hostID, "name": "crash", "spec": [:]]
        )
    }

    private static func releaseSecrets(in namespace: String, status: String? = nil) async throws -> [String] {
        let selector = "owner=helm" + (status.map { ",status=\($0)" } ?? "")
        return try await kubectl(["-n", namespace, "get", "secrets", "-l", selector, "-o", "name"])
            .filter { $0.hasPrefix("secret/") }
    }

    /// The lines that kubectl writes.
    private static func kubectl(_ arguments: [String]) async throws -> [String] {
        let kubeconfig = try #require(RealCluster.variable("PORTAL_TEST_KUBECONFIG"))
        let process = try ChildProcess(
            executable: "/usr/bin/env",
            arguments: [RealCluster.variable("PORTAL_TEST_KUBECTL") ?? "kubectl"] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(["KUBECONFIG": kubeconfig]) { $1 }
        )
        try await process.waitUntilEnd()
        return process.output.split(separator: "\n").map(String.init)
    }

    @discardableResult
    private static func poll<Found>(_ what: String, _ look: () async throws -> Found?) async throws -> Found {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if let found = try await look() { return found }
            try await Task.sleep(for: .milliseconds(50))  // polls another process
        }
        throw APIClient.Failure(description: "waited in vain for \(what)")
    }
}

/// The cluster of the Kubernetes suite, as the environment names it.
private enum RealCluster {
    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
