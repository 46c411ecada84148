import Foundation
import JSON
import Testing

@testable import Kubernetes

struct CredentialPluginTests {
    private let node = ResourcePath(kind: .node, name: "a")

    @Test
    func plugin_runsOnceUntilItsCredentialExpires() async throws {
        try await withPlugin(
            """
            echo run >> "$0.runs"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
              "status":{"token":"from-plugin","expirationTimestamp":"2999-01-01T00:00:00Z"}}'
            """
        ) { plugin in
            try await FakeAPIServer.with { _, _ in
                .json([:])
            } _: { server in
                try await server.withClient(credentials: KubernetesCredentials(plugin: plugin)) { client in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<8 { group.addTask { _ = try await client.get(node) } }
                        try await group.waitForAll()
                    }
                }

                #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer from-plugin" })
                #expect(server.requests.count == 8)
                #expect(try runs(of: plugin) == 1)
            }
        }
    }

    @Test
    func plugin_runsAgainWhenItsCredentialExpired() async throws {
        try await withPlugin(
            """
            echo run >> "$0.runs"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
              "status":{"token":"short","expirationTimestamp":"2001-01-01T00:00:00Z"}}'
            """
        ) { plugin in
            try await FakeAPIServer.with { _, _ in
                .json([:])
            } _: { server in
                try await server.withClient(credentials: KubernetesCredentials(plugin: plugin)) { client in
                    _ = try await client.get(node)
                    _ = try await client.get(node)
                }

                #expect(try runs(of: plugin) == 2)
            }
        }
    }

    @Test
    func plugin_runsAgainAfterARefusal() async throws {
        try await withPlugin(
            """
            echo run >> "$0.runs"
            count=$(wc -l < "$0.runs")
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
              "status":{"token":"token-'$((count))'"}}'
            """
        ) { plugin in
            try await FakeAPIServer.with { request, _ in
                request.header("Authorization") == "Bearer token-2"
                    ? .json([:]) : .reply(401, status(401, "Unauthorized"))
            } _: { server in
                try await server.withClient(credentials: KubernetesCredentials(plugin: plugin)) {
                    _ = try await $0.get(node)
                    _ = try await $0.get(node)
                }

                #expect(server.requests.count == 3)
                #expect(try runs(of: plugin) == 2)
            }
        }
    }

    @Test
    func plugin_getsItsEnvironmentAndArguments() async throws {
        try await withPlugin(
            """
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$0.info"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
              "status":{"token":"'"$1-$NAME"'"}}'
            """,
            arguments: ["first"],
            environment: ["NAME": "value"],
            clusterInfo: ["server": "https://x"]
        ) { plugin in
            let credential = try await plugin.run(limits: .standard)
            let info = try String(contentsOfFile: plugin.command + ".info", encoding: .utf8)

            #expect(credential.token?.reveal() == "first-value")
            #expect(credential.expiresAt == nil)
            #expect(
                try JSONValue(parsing: info) == [
                    "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                    "spec": ["interactive": false, "cluster": ["server": "https://x"]],
                ]
            )
        }
    }

    /// Outputs that are no credential; `V` stands for the version that was asked for.
    static let wrongOutputs: [String] = [
        "", "no JSON", "{}", #"{"apiVersion":"V","kind":"ExecCredential"}"#,
        #"{"apiVersion":"V","kind":"Other","status":{"token":"t"}}"#,
        #"{"apiVersion":"Vbeta1","kind":"ExecCredential","status":{"token":"t"}}"#,
        #"{"apiVersion":"V","kind":"ExecCredential","status":{"token":""}}"#,
        #"{"apiVersion":"V","kind":"ExecCredential","status":{"clientKeyData":"k"}}"#,
        #"{"apiVersion":"V","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"soon"}}"#,
    ]

    @Test(arguments: wrongOutputs)
    func wrongOutput_isAnError(output: String) {
        let plugin = CredentialPlugin(apiVersion: "client.authentication.k8s.io/v1", command: "p")

        let bytes = Array(output.replacingOccurrences(of: "\"V", with: "\"\(plugin.apiVersion)").utf8)

        #expect(throws: KubernetesError.self) { try plugin.credential(from: bytes) }
    }

    @Test
    func failures_areExplained() async throws {
        try await withPlugin("echo 'login expired' >&2; exit 3") { plugin in
            let error = await expectError(.credentials) { try await plugin.run(limits: .standard) }
            #expect(error?.description.contains("login expired") == false)
            #expect(error?.debugDescription.contains("login expired") == true)
        }
        let missing = CredentialPlugin(
            apiVersion: "client.authentication.k8s.io/v1",
            command: "no-such-credential-plugin",
            installHint: "Install it."
        )
        let error = await expectError(.credentials) { try await missing.run(limits: .standard) }
        #expect(error?.message.hasSuffix("Install it.") == true)
    }

    @Test
    func runs_areBoundedInTimeAndOutput() async throws {
        var limits = KubernetesLimits.standard
        limits.pluginDuration = .milliseconds(200)
        limits.pluginOutputBytesMax = 1_000
        try await withPlugin("exec sleep 60") { plugin in
            let start = ContinuousClock.now
            await expectError(.credentials) { try await plugin.run(limits: limits) }
            #expect(ContinuousClock.now - start < .seconds(20))
        }
        limits.pluginDuration = .seconds(30)
        try await withPlugin("head -c 100000 /dev/zero") { plugin in
            await expectError(.credentials) { try await plugin.run(limits: limits) }
        }
    }

    /// A call ends in its own time even when the plugin takes longer, and the plugin goes on for other calls.
    @Test
    func slowPlugins_doNotHoldCalls() async throws {
        try await withPlugin(
            """
            while [ ! -e "$0.go" ]; do sleep 0.05; done
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
            """
        ) { plugin in
            try await FakeAPIServer.with { _, _ in
                .json([:])
            } _: { server in
                try await server.withClient(credentials: KubernetesCredentials(plugin: plugin)) { client in
                    await expectError(.timeout) { try await client.get(node, timeout: .milliseconds(200)) }
                    try "".write(toFile: plugin.command + ".go", atomically: true, encoding: .utf8)
                    _ = try await client.get(node)
                }

                #expect(server.requests.count == 1)
            }
        }
    }

    private func runs(of plugin: CredentialPlugin) throws -> Int {
        try String(contentsOfFile: plugin.command + ".runs", encoding: .utf8).split(separator: "\n").count
    }

    private func withPlugin(
        _ script: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        clusterInfo: JSONValue? = nil,
        _ body: (CredentialPlugin) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/plugin"
            try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            try await body(
                CredentialPlugin(
                    apiVersion: "client.authentication.k8s.io/v1",
                    command: path,
                    arguments: arguments,
                    environment: environment,
                    installHint: nil,
                    clusterInfo: clusterInfo
                )
            )
        }
    }
}
