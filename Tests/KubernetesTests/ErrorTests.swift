import JSON
import Logging
import Testing

@testable import Kubernetes

struct ErrorTests {
    private let pod = ResourcePath(kind: .pod, namespace: "n", name: "a")

    static let statuses: [(code: Int, reason: String, kind: KubernetesError.Kind)] = [
        (401, "Unauthorized", .unauthorized), (403, "Forbidden", .forbidden), (404, "NotFound", .notFound),
        (409, "AlreadyExists", .alreadyExists), (409, "Conflict", .conflict), (410, "Expired", .gone),
        (410, "Gone", .gone), (422, "Invalid", .invalid), (400, "BadRequest", .invalid), (413, "", .tooLarge),
        (405, "MethodNotAllowed", .rejected), (500, "InternalError", .unavailable), (504, "Timeout", .unavailable),
        (302, "", .rejected), (418, "", .rejected),
    ]

    @Test(arguments: statuses)
    func status_isTyped(code: Int, reason: String, kind: KubernetesError.Kind) async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(code, status(code, reason, "server text", details: ["name": "a", "kind": "pods"]))
        } _: { server in
            let error = await expectError(kind) {
                try await server.withClient(limits: { $0.attemptsMax = 1 }) { try await $0.get(pod) }
            }

            #expect(error?.status?.code == code)
            #expect(error?.status?.reason == reason)
            #expect(error?.status?.name == "a")
            #expect(error?.operation == "GET pods n/a")
            #expect(error?.description.contains("server text") == false)
            #expect(error?.debugDescription.contains("server text") == true)
        }
    }

    @Test
    func status_hasCausesAndQuota() throws {
        let json = status(
            422,
            "Invalid",
            "bad",
            details: ["causes": [["reason": "FieldValueInvalid", "message": "must be >= 0", "field": "spec.replicas"]]]
        )
        let parsed = try #require(KubernetesStatus(json: json, httpCode: 422))
        let quota = KubernetesStatus(
            code: 403,
            message: "pods \"a\" is forbidden: exceeded quota: q, requested: pods=1"
        )

        #expect(parsed.causes.map(\.field) == ["spec.replicas"])
        #expect(KubernetesError(status: quota, operation: nil).isQuotaExceeded)
        #expect(!KubernetesError(status: parsed, operation: nil).isQuotaExceeded)
        #expect(KubernetesStatus(json: ["kind": "Pod"], httpCode: 500) == nil)
    }

    @Test
    func answersOfOthers_keepTheirText() async throws {
        try await FakeAPIServer.with { _, _ in
            .text(403, "<html>go away</html>")
        } _: { server in
            let error = await expectError(.forbidden) { try await server.withClient { try await $0.get(pod) } }

            #expect(error?.status?.message == "<html>go away</html>")
        }
    }

    @Test
    func silence_isATimeout() async throws {
        try await FakeAPIServer.with { _, number in
            number == 0 ? .silence : .chunks(["{"], then: .silence)
        } _: { server in
            for _ in 0..<2 {
                let error = await expectError(.timeout) {
                    try await server.withClient { try await $0.get(pod, timeout: .milliseconds(200)) }
                }
                #expect(error?.isTransient == true)
            }
        }
    }

    @Test
    func cancellation_isNoKubernetesError() async throws {
        try await FakeAPIServer.with { _, _ in
            .silence
        } _: { server in
            try await server.withClient { client in
                let call = Task { try await client.get(pod) }
                while server.requests.isEmpty { await Task.yield() }
                call.cancel()

                await #expect(throws: CancellationError.self) { try await call.value }
            }
        }
    }

    @Test
    func refusedConnections_failAtOnce() async throws {
        let closed = try await FakeAPIServer.with { _, _ in
            .close
        } _: {
            $0.address
        }
        let endpoint = KubernetesEndpoint(server: try KubernetesServer(closed))
        let error = await expectError(.unreachable) {
            try await withKubernetesClient(endpoint) { try await $0.version() }
        }

        #expect(error?.description.contains("127.0.0.1") == false)
    }

    @Test
    func unknownHosts_areUnreachable() async throws {
        let endpoint = KubernetesEndpoint(server: try KubernetesServer("http://host.invalid:1"))
        await expectError(.unreachable) {
            try await withKubernetesClient(endpoint, limits: { $0.attemptsMax = 1 }) { try await $0.version() }
        }
    }

    @Test
    func proxy_isAskedForATunnel() async throws {
        try await FakeAPIServer.with { _, _ in
            .text(403, "")
        } _: { proxy in
            var endpoint = KubernetesEndpoint(server: try KubernetesServer("https://api.invalid"))
            endpoint.proxy = try KubernetesProxy(proxy.address)
            await expectError(.unreachable) {
                try await withKubernetesClient(endpoint, limits: { $0.attemptsMax = 1 }) { try await $0.get(pod) }
            }

            #expect(proxy.requests.map { "\($0.method) \($0.path)" } == ["CONNECT api.invalid:443"])
        }
    }

    @Test
    func calls_failAfterClose() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let client = try await server.withClient { $0 }

            await expectError(.closed) { try await client.get(pod) }
            await client.close()
            #expect(server.requests.isEmpty)
        }
    }

    @Test
    func forgottenClients_shutDownByThemselves() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            let endpoint = KubernetesEndpoint(server: try KubernetesServer(server.address))
            _ = try await KubernetesClient(endpoint: endpoint, logger: Logger(label: "test")).get(pod)
        }
    }
}
