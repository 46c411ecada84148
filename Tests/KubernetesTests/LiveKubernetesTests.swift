import Foundation
import JSON
import Kubernetes
import Logging
import Testing

/// The calls against a real API server: any cluster whose kubeconfig `PORTAL_TEST_KUBECONFIG` names.
///
/// Everything happens in namespaces of its own, which are deleted afterwards.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["PORTAL_TEST_KUBECONFIG"] != nil))
struct LiveKubernetesTests {
    @Test
    func everyContextConnects() async throws {
        let config = try config()
        for context in config.contextNames {
            try await withClient(try config.resolve(context: context)) { client in
                let version = try await client.version()
                try await client.readyz()

                #expect(version.major == 1)
                #expect(version.minor >= 20)
                #expect(try await client.rawGet("/healthz") == Array("ok".utf8))
            }
        }
    }

    @Test
    func objectsAreAppliedPatchedAndDeleted() async throws {
        try await withNamespace { client, namespace in
            let path = ResourcePath(kind: .configMap, namespace: namespace, name: "settings")
            var object = KubernetesObject(
                kind: .configMap,
                namespace: namespace,
                name: "settings",
                labels: ["app": "portal"],
                members: ["data": ["a": "1", "b": "2"]]
            )
            let created = try await client.apply(object, fieldManager: "portal-test")
            object.json["data"] = ["a": "3"]
            let applied = try await client.apply(object, fieldManager: "portal-test")

            #expect(applied.uid == created.uid)
            #expect(applied.data == ["a": "3"])

            object.json["data"] = ["a": "4"]
            await expectError(.conflict) { try await client.apply(object, fieldManager: "another") }
            let forced = try await client.apply(object, fieldManager: "another", force: true)
            #expect(forced.data["a"] == "4")

            let patched = try await client.mergePatch(
                path,
                ["data": ["a": nil, "c": "5"]],
                preconditions: Preconditions(uid: created.uid, resourceVersion: forced.resourceVersion)
            )
            #expect(patched.data == ["c": "5"])
            await expectError(.conflict) {
                try await client.mergePatch(
                    path,
                    ["data": ["x": "y"]],
                    preconditions: Preconditions(resourceVersion: forced.resourceVersion)
                )
            }
            await expectError(.conflict) {
                try await client.mergePatch(path, ["data": ["x": "y"]], preconditions: Preconditions(uid: "other"))
            }
            await expectError(.conflict) {
                try await client.delete(path, preconditions: Preconditions(uid: "other"))
            }
            await expectError(.alreadyExists) { try await client.create(object) }

            try await client.delete(path, preconditions: Preconditions(uid: created.uid), propagation: .background)
            let gone = try await client.getIfPresent(path)
            #expect(gone == nil)
            #expect(try await client.deleteIfPresent(path) == false)
        }
    }

    @Test
    func listsAreRead_pageByPage() async throws {
        try await withNamespace(limits: { $0.listPageItems = 3 }) { client, namespace in
            for index in 0..<10 {
                try await client.create(
                    KubernetesObject(
                        kind: .configMap,
                        namespace: namespace,
                        name: "item-\(index)",
                        labels: ["even": "\(index % 2 == 0)"]
                    )
                )
            }
            let all = try await client.list(
                .configMap,
                namespace: namespace,
                fieldSelector: "metadata.name!=kube-root-ca.crt"
            )
            let even = try await client.list(.configMap, namespace: namespace, labelSelector: "even=true")

            #expect(all.map(\.name) == (0..<10).map { "item-\($0)" })
            #expect(even.count == 5)

            try await client.deleteCollection(.configMap, namespace: namespace, labelSelector: "even=true")
            let left = try await client.list(.configMap, namespace: namespace, labelSelector: "even")
            #expect(left.map(\.name) == ["item-1", "item-3", "item-5", "item-7", "item-9"])
        }
    }

    @Test
    func watchesFollowChanges() async throws {
        // One second a connection, so that the watch has to resume several times.
        try await withNamespace(limits: { $0.watchDuration = .seconds(1) }) { client, namespace in
            let path = ResourcePath(kind: .configMap, namespace: namespace, name: "watched")
            let watch = client.watch(.configMap, namespace: namespace, labelSelector: "app=portal")
            var events = watch.makeAsyncIterator()
            guard case .reset(let list) = try await events.next() else {
                Issue.record("no list first")
                return
            }
            #expect(list.items.isEmpty)

            try await client.create(
                KubernetesObject(kind: .configMap, namespace: namespace, name: "watched", labels: ["app": "portal"])
            )
            let first = try await text(of: &events)
            #expect(first == "added")
            // Changes go on for longer than two connections last; each has to come once and in order.
            let start = ContinuousClock.now
            var round = 0
            while ContinuousClock.now - start < .milliseconds(2_500) {
                round += 1
                try await client.mergePatch(path, ["data": ["round": JSONValue("\(round)")]])
                let text = try await text(of: &events)
                #expect(text == "modified \(round)")
            }
            try await client.delete(path)
            let last = try await text(of: &events)
            #expect(last == "deleted \(round)")
        }
    }

    @Test
    func forgottenVersions_resetTheWatch() async throws {
        try await withNamespace { client, namespace in
            var events = client.watch(.configMap, namespace: namespace, from: "1").makeAsyncIterator()
            switch try await events.next() {
            // A young server may still know its first version; then it sends what happened since.
            case .reset, .added: break
            case let event: Issue.record("\(String(describing: event))")
            }
        }
    }

    @Test
    func refusalsAreTyped() async throws {
        let endpoint = try config().resolve()
        var stranger = endpoint
        stranger.credentials = KubernetesCredentials(token: .literal(Redacted("wrong")))
        try await withClient(stranger) { client in
            await expectError(.unauthorized) { try await client.list(.pod) }
        }
        var anonymous = endpoint
        anonymous.credentials = .anonymous
        try await withClient(anonymous) { client in
            let error = await expectError(.forbidden) { try await client.list(.secret) }
            #expect(error?.status?.reason == "Forbidden")
        }
        try await withClient(endpoint) { client in
            await expectError(.notFound) { try await client.get(ResourcePath(kind: .namespace, name: "no-such-one")) }
            let error = await expectError(.invalid) {
                try await client.create(KubernetesObject(kind: .namespace, name: "Not_A_Name"))
            }
            #expect(error?.status?.causes.first?.field == "metadata.name")
            let mayCreate = try await client.isAllowed("create", .namespace)
            #expect(mayCreate)
        }
    }

    @Test
    func serverName_isVerifiedAgainstTheRealCertificate() async throws {
        var endpoint = try config().resolve()
        endpoint.tlsServerName = "kubernetes.default.svc"
        try await withClient(endpoint) { _ = try await $0.version() }
    }

    private func text(of events: inout KubernetesWatch.Iterator) async throws -> String {
        while let event = try await events.next() {
            switch event {
            case .added: return "added"
            case .modified(let object): return "modified \(object.data["round"]?.string ?? "")"
            case .deleted(let object): return "deleted \(object.data["round"]?.string ?? "")"
            case .bookmark: continue
            case .reset: return "reset"
            }
        }
        return "end"
    }

    private func config() throws -> KubeConfig {
        try KubeConfig.load(path: try #require(ProcessInfo.processInfo.environment["PORTAL_TEST_KUBECONFIG"]))
    }

    private func withClient(
        _ endpoint: KubernetesEndpoint,
        limits change: (inout KubernetesLimits) -> Void = { _ in },
        _ body: (KubernetesClient) async throws -> Void
    ) async throws {
        try await withKubernetesClient(endpoint, limits: change, body)
    }

    private func withNamespace(
        limits change: (inout KubernetesLimits) -> Void = { _ in },
        _ body: (KubernetesClient, String) async throws -> Void
    ) async throws {
        try await withClient(try config().resolve(), limits: change) { client in
            let name = "portal-client-\(UUID().uuidString.lowercased().prefix(13))"
            try await client.create(KubernetesObject(kind: .namespace, name: name))
            do {
                try await body(client, name)
            } catch {
                try await client.deleteIfPresent(ResourcePath(kind: .namespace, name: name))
                throw error
            }
            try await client.deleteIfPresent(ResourcePath(kind: .namespace, name: name))
        }
    }
}
