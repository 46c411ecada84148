import Foundation
import JSON
import PortalTesting
import Testing

/// `kill -9` of the server while a real helm installs on a real cluster; skipped without a cluster.
@Suite(.serialized, .enabled(if: RealInstallCrashTests.variable("PORTAL_TEST_KUBECONFIG") != nil))
struct RealInstallCrashTests {
    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    @Test(.timeLimit(.minutes(5))) func install_isFinishedByTheNextServer() async throws {
        try await TestDatabase.withLease(content: .migrated) { lease in
            try await PortalProcess.run(["demo", "--without-vclusters"], database: lease.url)
            var server = try await PortalProcess.start(database: lease.url)
            defer { server.process.kill() }
            let first = try await APIClient.signIn(server.url, email: "admin@acme.example")
            let created = try await Self.create(by: first)
            let id = try #require(created["vcluster"]?["id"]?.string)
            let operation = try #require(created["operation"]?["id"]?.string)
            let namespace = try #require(created["vcluster"]?["namespace"]?.string)
            try await Self.poll("helm to be at work") {
                try await Self.releaseSecrets(in: namespace).isEmpty ? nil : true
            }

            server.process.kill()
            await server.process.waitUntilEnd()
            server = try await PortalProcess.start(database: lease.url)

            // The session outlives the server.
            let second = APIClient(url: server.url, token: first.token)
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
            try await Self.poll("the namespace to be gone") {
                let names = try await Self.kubectl(["get", "namespaces", "-o", "name"])
                return names.contains("namespace/\(namespace)") ? nil : true
            }
        }
    }

    private static func create(by admin: APIClient) async throws -> JSONValue {
        let kubeconfig = try await kubectl(["config", "view", "--raw", "--flatten", "--minify"])
        var settings: JSONObject = [
            "namespacePrefix": "portal-suite-", "exposure": "nodePort",
            "chart": .string(variable("PORTAL_TEST_CHART") ?? "vcluster"),
        ]
        settings["helmPath"] = variable("PORTAL_TEST_HELM").map { .string($0) }
        settings["nodePortHost"] = variable("PORTAL_TEST_NODE_ADDRESS").map { .string($0) }
        let host = try await admin.post(
            "/api/v1/hosts",
            [
                "name": "real", "driver": "helm", "kubeconfig": .string(kubeconfig.joined(separator: "\n")),
                "settings": .object(settings),
            ]
        )
        let tenant = try await admin.id(in: "/api/v1/tenants?pageSize=200", where: "name", is: "Payments")
        return try await admin.post(
            "/api/v1/vclusters",
            ["tenantId": .string(tenant), "hostId": try #require(host["id"]), "name": "crash", "spec": [:]]
        )
    }

    private static func releaseSecrets(in namespace: String, status: String? = nil) async throws -> [String] {
        let selector = "owner=helm" + (status.map { ",status=\($0)" } ?? "")
        return try await kubectl(["-n", namespace, "get", "secrets", "-l", selector, "-o", "name"])
            .filter { $0.hasPrefix("secret/") }
    }

    /// The lines that kubectl writes.
    private static func kubectl(_ arguments: [String]) async throws -> [String] {
        let process = try ChildProcess(
            executable: "/usr/bin/env",
            arguments: [variable("PORTAL_TEST_KUBECTL") ?? "kubectl"] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(
                ["KUBECONFIG": try #require(variable("PORTAL_TEST_KUBECONFIG"))]
            ) { $1 }
        )
        await process.waitUntilEnd()
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
