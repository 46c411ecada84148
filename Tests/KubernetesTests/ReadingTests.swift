import JSON
import Kubernetes
import Testing

struct ReadingTests {
    @Test
    func get_readsAnObject() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a", "uid": "u", "labels": ["x": "y"]]])
        } _: { server in
            let pod = try await server.withClient {
                try await $0.get(ResourcePath(kind: .pod, namespace: "n", name: "a"))
            }

            #expect(pod.uid == "u")
            #expect(pod.labels == ["x": "y"])
            #expect(server.requests.map(\.path) == ["/api/v1/namespaces/n/pods/a"])
            #expect(server.requests.first?.header("Accept") == "application/json")
        }
    }

    @Test
    func getIfPresent_givesNilForNotFound() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(404, status(404, "NotFound"))
        } _: { server in
            let found = try await server.withClient {
                try await $0.getIfPresent(ResourcePath(kind: .node, name: "a"))
            }

            #expect(found == nil)
            #expect(server.requests.count == 1)
        }
    }

    @Test
    func list_followsContinueTokens() async throws {
        try await FakeAPIServer.with { request, _ in
            let start = Int(request.query["continue"] ?? "0") ?? 0
            let next = start + 2 < 5 ? "\(start + 2)" : ""
            let names = (start..<min(start + 2, 5)).map { "pod-\($0)" }
            return .json(podList(names, version: "77", next: next))
        } _: { server in
            let list = try await server.withClient {
                try await $0.snapshot(.pod, namespace: "n", labelSelector: "a in (b,c)", fieldSelector: "x!=y")
            }

            #expect(list.items.map(\.name) == (0..<5).map { "pod-\($0)" })
            #expect(list.items.allSatisfy { $0.kind == "Pod" && $0.apiVersion == "v1" })
            #expect(list.resourceVersion == "77")
            #expect(server.requests.map { $0.query["continue"] } == [nil, "2", "4"])
            #expect(server.requests.allSatisfy { $0.query["limit"] == "500" })
            #expect(server.requests.allSatisfy { $0.query["labelSelector"] == "a in (b,c)" })
            #expect(server.requests.allSatisfy { $0.query["fieldSelector"] == "x!=y" })
        }
    }

    @Test
    func list_startsOverWhenTheTokenExpires() async throws {
        try await FakeAPIServer.with { request, number in
            switch number {
            case 0: .json(podList(["old"], version: "1", next: "token"))
            case 1: .reply(410, status(410, "Expired"))
            case 2: .json(podList(["a"], version: "2", next: "fresh"))
            default: .json(podList(["b"], version: "2"))
            }
        } _: { server in
            let list = try await server.withClient { try await $0.snapshot(.pod) }

            #expect(list.items.map(\.name) == ["a", "b"])
            #expect(list.resourceVersion == "2")
            #expect(server.requests.map { $0.query["continue"] } == [nil, "token", nil, "fresh"])
        }
    }

    @Test
    func list_asksForEverythingInTheLastAttempt() async throws {
        try await FakeAPIServer.with { request, _ in
            if request.query["continue"] != nil { return .reply(410, status(410, "Expired")) }
            let isPaged = request.query["limit"] != nil
            return .json(podList(["a"], version: "1", next: isPaged ? "token" : ""))
        } _: { server in
            let items = try await server.withClient { try await $0.list(.pod) }

            #expect(items.count == 1)
            #expect(server.requests.count == 7)
        }
    }

    @Test
    func list_isBounded() async throws {
        try await FakeAPIServer.with { _, number in
            .json(podList(["a", "b", "c"], version: "1", next: "\(number)"))
        } _: { server in
            await expectError(.tooLarge) {
                try await server.withClient(limits: { $0.listItemsMax = 10 }) { try await $0.list(.pod) }
            }
            #expect(server.requests.count == 4)
        }
    }

    @Test
    func list_refusesTheSamePageAgain() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(podList(["a"], version: "1", next: "x"))
        } _: { server in
            await expectError(.malformedResponse) { try await server.withClient { try await $0.list(.pod) } }
            #expect(server.requests.count == 2)
        }
    }

    @Test
    func list_takesNullItems() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(["kind": "PodList", "apiVersion": "v1", "metadata": ["resourceVersion": "1"], "items": nil])
        } _: { server in
            let items = try await server.withClient { try await $0.list(.pod) }

            #expect(items.isEmpty)
        }
    }

    @Test
    func response_isBoundedWithAndWithoutLength() async throws {
        let text = String(repeating: "x", count: 2_000)
        try await FakeAPIServer.with { request, _ in
            request.path == "/length" ? .text(200, text) : .chunks(Array(repeating: text, count: 50), then: .silence)
        } _: { server in
            for path in ["/length", "/chunks"] {
                await expectError(.tooLarge) {
                    try await server.withClient(limits: { $0.responseBytesMax = 1_999 }) { try await $0.rawGet(path) }
                }
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: ["not JSON", "", "[1,2]", "{\"kind\":\"PodList\"}"])
    func malformedLists_areErrors(body: String) async throws {
        try await FakeAPIServer.with { _, _ in
            .text(200, body)
        } _: { server in
            let error = await expectError(.malformedResponse) {
                try await server.withClient { try await $0.list(.pod, namespace: "n") }
            }
            #expect(error?.operation == "GET pods n/")
        }
    }

    @Test
    func version_isRead() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(["major": "1", "minor": "20+", "gitVersion": "v1.20.2-gke.1"])
        } _: { server in
            let version = try await server.withClient { try await $0.version() }

            #expect(version.major == 1)
            #expect(version.minor == 20)
            #expect("\(version)" == "v1.20.2-gke.1")
        }
    }

    @Test
    func rawGet_givesBytesAndKeepsTheQuery() async throws {
        try await FakeAPIServer.with { _, _ in
            .text(200, "ok")
        } _: { server in
            let bytes = try await server.withClient { try await $0.rawGet("/livez?verbose=1") }

            #expect(bytes == Array("ok".utf8))
            #expect(server.requests.first?.query == ["verbose": "1"])
            await expectError(.configuration) { try await server.withClient { try await $0.rawGet("livez") } }
            await expectError(.configuration) { try await server.withClient { try await $0.rawGet("/a b") } }
        }
    }

    @Test
    func server_mayHaveABasePath() async throws {
        try await FakeAPIServer.with { _, _ in
            .text(200, "ok")
        } _: { server in
            let endpoint = KubernetesEndpoint(server: try KubernetesServer(server.address + "/k8s/clusters/c-1/"))
            try await withKubernetesClient(endpoint) { try await $0.readyz() }

            #expect(server.requests.map(\.path) == ["/k8s/clusters/c-1/readyz"])
        }
    }
}

/// A `PodList` with one page of pods.
func podList(_ names: [String], version: String, next: String = "") -> JSONValue {
    [
        "kind": "PodList", "apiVersion": "v1",
        "metadata": ["resourceVersion": JSONValue(version), "continue": JSONValue(next)],
        "items": .array(names.map { ["metadata": ["name": JSONValue($0), "namespace": "n"]] }),
    ]
}

/// Runs a call that has to fail with a kind of error.
@discardableResult
func expectError<Result>(
    _ kind: KubernetesError.Kind,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> Result
) async -> KubernetesError? {
    do {
        _ = try await call()
        Issue.record("no error instead of \(kind)", sourceLocation: sourceLocation)
    } catch let error as KubernetesError {
        #expect(error.kind == kind, "\(error.debugDescription)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) instead of \(kind)", sourceLocation: sourceLocation)
    }
    return nil
}
