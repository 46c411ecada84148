import Foundation
import JSON
import Kubernetes
import NIOHTTP1
import Testing

struct CredentialTests {
    private let node = ResourcePath(kind: .node, name: "a")

    @Test
    func token_isSentAsBearer() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let credentials = KubernetesCredentials(token: .literal(Redacted("t-1")))
            _ = try await server.withClient(credentials: credentials) { try await $0.get(node) }

            #expect(server.requests.first?.header("Authorization") == "Bearer t-1")
        }
    }

    @Test
    func impersonation_isSentAsHeaders() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let impersonation = Impersonation(
                user: "u",
                groups: ["g1", "g2"],
                uid: "7",
                extra: ["Example.com/Scope": ["a", "b"]]
            )
            _ = try await server.withClient(credentials: KubernetesCredentials(impersonation: impersonation)) {
                try await $0.get(node)
            }

            let request = try #require(server.requests.first)
            #expect(request.header("Impersonate-User") == "u")
            #expect(request.headers["Impersonate-Group"] == ["g1", "g2"])
            #expect(request.header("Impersonate-Uid") == "7")
            #expect(request.headers["Impersonate-Extra-example.com%2Fscope"] == ["a", "b"])
        }
    }

    /// A token with a line break would put headers of its own into the request.
    @Test(arguments: ["", "a\r\nX-Evil: 1", "a b", "ä", "\u{7f}"])
    func wrongTokens_areRefusedUnseen(token: String) async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let error = await expectError(.credentials) {
                try await server.withClient(credentials: KubernetesCredentials(token: .literal(Redacted(token)))) {
                    try await $0.get(node)
                }
            }

            #expect(server.requests.isEmpty)
            if token.count > 1 { #expect(error?.debugDescription.contains(token) == false) }
        }
    }

    @Test
    func wrongImpersonation_isRefusedUnseen() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let credentials = KubernetesCredentials(impersonation: Impersonation(user: "a\r\nX-Evil: 1"))
            let error = await expectError(.configuration) {
                try await server.withClient(credentials: credentials) { try await $0.get(node) }
            }

            #expect(server.requests.isEmpty)
            #expect(error?.debugDescription.contains("Evil") == false)
        }
    }

    @Test
    func tokenFile_isReadAgainAfterARefusal() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/token"
            try "old\n".write(toFile: path, atomically: true, encoding: .utf8)
            try await FakeAPIServer.with { request, _ in
                request.header("Authorization") == "Bearer new" ? .json([:]) : .reply(401, status(401, "Unauthorized"))
            } _: { server in
                try await server.withClient(credentials: KubernetesCredentials(token: .file(path: path))) { client in
                    await expectError(.unauthorized) { try await client.get(node) }
                    try "new\n".write(toFile: path, atomically: true, encoding: .utf8)
                    _ = try await client.get(node)
                }

                let tokens = server.requests.map { $0.header("Authorization") }
                #expect(tokens == ["Bearer old", "Bearer old", "Bearer old", "Bearer new"])
            }
        }
    }

    @Test
    func tokenFile_isReadAgainInTime() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/token"
            try "one".write(toFile: path, atomically: true, encoding: .utf8)
            try await FakeAPIServer.with { _, _ in
                .json([:])
            } _: { server in
                let credentials = KubernetesCredentials(token: .file(path: path))
                try await server.withClient(credentials: credentials, limits: { $0.tokenFileDuration = .zero }) {
                    _ = try await $0.get(node)
                    try "two".write(toFile: path, atomically: true, encoding: .utf8)
                    _ = try await $0.get(node)
                }
                try await server.withClient(credentials: credentials) {
                    _ = try await $0.get(node)
                    try "three".write(toFile: path, atomically: true, encoding: .utf8)
                    _ = try await $0.get(node)
                }

                let tokens = server.requests.map { $0.header("Authorization") }
                #expect(tokens == ["Bearer one", "Bearer two", "Bearer two", "Bearer two"])
            }
        }
    }

    @Test
    func missingTokenFile_isNamed() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let error = await expectError(.credentials) {
                try await server.withClient(credentials: KubernetesCredentials(token: .file(path: "/nonexistent/t"))) {
                    try await $0.get(node)
                }
            }

            #expect(error?.message.contains("/nonexistent/t") == true)
        }
    }

    @Test
    func secrets_areNotPrinted() throws {
        let secret = "s3cr3t-value"
        let credentials = KubernetesCredentials(
            token: .literal(Redacted(secret)),
            certificate: ClientCertificate(chain: [], key: Redacted(Array(secret.utf8))),
            plugin: CredentialPlugin(apiVersion: "v1", command: "c", environment: ["KEY": secret])
        )
        var endpoint = KubernetesEndpoint(server: try KubernetesServer("https://example.com"))
        endpoint.credentials = credentials
        let config = try KubeConfig(yaml: "users: [{name: u, user: {token: \(secret)}}]")
        let object = KubernetesObject(
            kind: .secret,
            namespace: "n",
            name: "x",
            members: ["data": ["k": .string(secret)]]
        )

        let values: [Any] = [
            credentials, endpoint, config, object, Redacted(secret), [credentials], Optional(endpoint) as Any,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            #expect(!"\(value)".contains(secret))
            #expect(!String(reflecting: value).contains(secret))
            #expect(!dumped.contains(secret))
            #expect(!dumped.contains("115, 51, 99"))
        }
    }
}

/// Runs a test with a directory of its own.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubernetes-tests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}
