import JSON
import Kubernetes
import Testing

struct WritingTests {
    private let acme = ResourcePath(kind: .statefulSet, namespace: "n", name: "acme")

    @Test
    func create_postsToTheCollection() async throws {
        try await FakeAPIServer.with { request, _ in
            .reply(201, request.json)
        } _: { server in
            let namespace = KubernetesObject(kind: .namespace, name: "team-a", labels: ["a": "b"])
            let created = try await server.withClient { try await $0.create(namespace) }

            #expect(created == namespace)
            #expect(server.requests.map(\.method) == ["POST"])
            #expect(server.requests.map(\.path) == ["/api/v1/namespaces"])
            #expect(server.requests.first?.header("Content-Type") == "application/json")
        }
    }

    @Test
    func apply_isServerSide() async throws {
        try await FakeAPIServer.with { request, _ in
            .json(request.json)
        } _: { server in
            var object = KubernetesObject(kind: .configMap, namespace: "n", name: "c", members: ["data": ["a": "1"]])
            object.json["metadata"]?["managedFields"] = [1]
            try await server.withClient {
                try await $0.apply(object, fieldManager: "portal", force: true)
                try await $0.apply(object, fieldManager: "portal")
            }

            let request = try #require(server.requests.first)
            #expect(request.method == "PATCH")
            #expect(request.path == "/api/v1/namespaces/n/configmaps/c")
            #expect(request.query == ["fieldManager": "portal", "force": "true"])
            #expect(request.header("Content-Type") == "application/apply-patch+yaml")
            #expect(request.json["metadata"] == ["name": "c", "namespace": "n"])
            #expect(server.requests.last?.query == ["fieldManager": "portal"])
        }
    }

    @Test
    func mergePatch_carriesPreconditions() async throws {
        try await FakeAPIServer.with { request, _ in
            .json(request.json)
        } _: { server in
            try await server.withClient {
                try await $0.mergePatch(
                    acme,
                    ["metadata": ["annotations": ["a": nil]], "spec": ["replicas": 0]],
                    preconditions: Preconditions(uid: "u", resourceVersion: "7")
                )
                try await $0.mergePatch(
                    ResourcePath(kind: .statefulSet, namespace: "n", name: "acme", subresource: "scale"),
                    ["spec": ["replicas": 1]]
                )
            }

            let request = try #require(server.requests.first)
            #expect(request.header("Content-Type") == "application/merge-patch+json")
            #expect(request.json["metadata"] == ["annotations": ["a": nil], "uid": "u", "resourceVersion": "7"])
            #expect(server.requests.last?.path == "/apis/apps/v1/namespaces/n/statefulsets/acme/scale")
            #expect(server.requests.last?.json == ["spec": ["replicas": 1]])
        }
    }

    @Test
    func delete_sendsOptions() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(status(200, ""))
        } _: { server in
            try await server.withClient {
                try await $0.delete(
                    acme,
                    preconditions: Preconditions(uid: "u"),
                    propagation: .foreground,
                    gracePeriod: .seconds(0)
                )
            }

            #expect(server.requests.first?.method == "DELETE")
            #expect(
                server.requests.first?.json == [
                    "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": ["uid": "u"],
                    "propagationPolicy": "Foreground", "gracePeriodSeconds": 0,
                ]
            )
        }
    }

    @Test
    func deleteIfPresent_saysWhetherItWasThere() async throws {
        try await FakeAPIServer.with { _, number in
            number == 0 ? .json(status(200, "")) : .reply(404, status(404, "NotFound"))
        } _: { server in
            let found = try await server.withClient {
                [try await $0.deleteIfPresent(acme), try await $0.deleteIfPresent(acme)]
            }

            #expect(found == [true, false])
        }
    }

    @Test
    func deleteCollection_needsANamespace() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(podList([], version: "1"))
        } _: { server in
            try await server.withClient { client in
                try await client.deleteCollection(.pod, namespace: "n", labelSelector: "a=b", propagation: .background)
                await expectError(.configuration) { try await client.deleteCollection(.pod, labelSelector: "a=b") }
            }

            #expect(server.requests.map(\.path) == ["/api/v1/namespaces/n/pods"])
            #expect(server.requests.first?.query == ["labelSelector": "a=b"])
            #expect(server.requests.first?.json["propagationPolicy"] == "Background")
        }
    }

    @Test
    func isAllowed_asksForAReview() async throws {
        try await FakeAPIServer.with { _, number in
            .reply(201, ["status": ["allowed": .bool(number == 0)]])
        } _: { server in
            let answers = try await server.withClient {
                [try await $0.isAllowed("create", .statefulSet, namespace: "n"), try await $0.isAllowed("*", .node)]
            }

            #expect(answers == [true, false])
            #expect(server.requests.first?.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
            #expect(
                server.requests.first?.json["spec"]?["resourceAttributes"]
                    == ["verb": "create", "group": "apps", "resource": "statefulsets", "namespace": "n"]
            )
        }
    }

    /// What cannot be an object's path is refused before anything is sent: an empty name would mean all objects.
    @Test(arguments: ["", ".", "..", "a/b", "a%2fb"])
    func names_areChecked(name: String) async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            try await server.withClient { client in
                await expectError(.configuration) {
                    try await client.delete(ResourcePath(kind: .pod, namespace: "n", name: name))
                }
                await expectError(.configuration) {
                    try await client.get(ResourcePath(kind: .pod, namespace: name, name: "a"))
                }
                await expectError(.configuration) { try await client.list(.pod, namespace: name) }
                await expectError(.configuration) { try await client.get(ResourcePath(kind: .pod, name: "a")) }
                await expectError(.configuration) {
                    try await client.get(ResourcePath(kind: .node, namespace: "n", name: "a"))
                }
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test
    func names_areEncoded() async throws {
        try await FakeAPIServer.with { _, _ in
            .json([:])
        } _: { server in
            _ = try await server.withClient {
                try await $0.get(ResourcePath(kind: .clusterRole, name: "system:node?x#y z"))
            }

            #expect(
                server.requests.first?.path
                    == "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode%3Fx%23y%20z"
            )
        }
    }

    @Test
    func unknownKinds_haveToBeNamed() async throws {
        try await FakeAPIServer.with { request, _ in
            .json(request.json)
        } _: { server in
            let widget = KubernetesObject([
                "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "w", "namespace": "n"],
            ])
            let kind = ResourceKind(apiVersion: "example.com/v1", kind: "Widget", plural: "widgets")
            try await server.withClient { client in
                await expectError(.configuration) { try await client.create(widget) }
                try await client.create(widget, as: kind)
            }

            #expect(server.requests.map(\.path) == ["/apis/example.com/v1/namespaces/n/widgets"])
        }
    }
}
