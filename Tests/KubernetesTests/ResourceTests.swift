import Foundation
import JSON
import Testing

@testable import Kubernetes

struct ResourceTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-23T04:05:06Z", 1_795_406_706), ("2000-02-29T23:59:59Z", 951_868_799),
        ("2026-11-23t04:05:06z", 1_795_406_706), ("2026-11-23T05:05:06+01:00", 1_795_406_706),
        ("2026-11-22T23:35:06-04:30", 1_795_406_706), ("2026-11-23T04:05:06.250000Z", 1_795_406_706.25),
        ("1969-12-31T23:59:59Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
    ])
    func time_isParsed(text: String, seconds: Double) {
        #expect(KubernetesTime.parse(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T04:05:06", "2026-13-23T04:05:06Z", "2026-11-00T04:05:06Z", "2026-11-23T24:05:06Z",
        "2026-11-23T04:60:06Z", "2026-11-23 04:05:06Z", "2026-11-23T04:05:06.Z", "2026-11-23T04:05:06+1:00",
        "2026-11-23T04:05:06ZZ", "2o26-11-23T04:05:06Z", "2026-11-23T04:05:06.0123456789Z", "2026-11-23T04:05:06+24:00",
    ])
    func time_isRefused(text: String) {
        #expect(KubernetesTime.parse(text) == nil)
    }

    @Test
    func object_namesItsMembers() throws {
        let object = KubernetesObject([
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": [
                "name": "acme", "namespace": "n", "uid": "u", "resourceVersion": "5", "generation": 3,
                "creationTimestamp": "2026-11-23T04:05:06Z", "deletionTimestamp": nil,
                "annotations": ["a": "1"],
            ],
            "spec": ["replicas": 1], "status": ["conditions": [["type": "Ready", "status": "False"]]],
        ])

        #expect("\(object)" == "StatefulSet n/acme")
        #expect(object.uid == "u")
        #expect(object.generation == 3)
        #expect(object.creationTimestamp == Date(timeIntervalSince1970: 1_795_406_706))
        #expect(object.deletionTimestamp == nil)
        #expect(object.labels.isEmpty)
        #expect(object.annotations == ["a": "1"])
        #expect(object.spec["replicas"] == 1)
        #expect(object.condition("Ready")?["status"] == "False")
        #expect(object.condition("Other") == nil)
        #expect(KubernetesObject(.null).name.isEmpty)
    }

    @Test
    func object_keepsWhatItDoesNotKnow() throws {
        var object = KubernetesObject(try JSONValue(parsing: #"{"metadata":{"name":"a","x":1.50},"y":[]}"#))
        object.labels = ["b": "2", "a": "1"]
        object.annotations["k"] = "v"

        #expect(
            object.json.encodedString()
                == #"{"metadata":{"name":"a","x":1.50,"labels":{"a":"1","b":"2"},"annotations":{"k":"v"}},"y":[]}"#
        )
        object.labels = [:]
        #expect(object.metadata["labels"] == nil)
    }

    @Test
    func secretData_isDecoded() {
        let secret = KubernetesObject(
            kind: .secret,
            namespace: "n",
            name: "vc-a",
            members: ["data": ["config": "aGVsbG8=", "broken": "%"]]
        )

        #expect(secret.decodedData("config") == Array("hello".utf8))
        #expect(secret.decodedData("broken") == nil)
        #expect(secret.decodedData("missing") == nil)
    }

    @Test
    func kinds_areFoundByObject() {
        #expect(ResourceKind.known(apiVersion: "apps/v1", kind: "StatefulSet") == .statefulSet)
        #expect(ResourceKind.known(apiVersion: "v1", kind: "Pod") == .pod)
        #expect(ResourceKind.known(apiVersion: "metrics.k8s.io/v1beta1", kind: "PodMetrics") == .podMetrics)
        #expect(ResourceKind.known(apiVersion: "apps/v1", kind: "Pod") == nil)
    }

    @Test
    func paths_followTheAPI() throws {
        #expect(try ResourcePath(kind: .node, name: "a").urlPath() == "/api/v1/nodes/a")
        #expect(
            try ResourcePath(kind: .pod, namespace: "n", name: "a", subresource: "log").urlPath()
                == "/api/v1/namespaces/n/pods/a/log"
        )
        #expect(
            try ResourcePath.collectionPath(.podMetrics, namespace: nil) == "/apis/metrics.k8s.io/v1beta1/pods"
        )
        #expect("\(ResourcePath(kind: .pod, namespace: "n", name: "a", subresource: "log"))" == "pods n/a (log)")
    }

    @Test
    func yaml_followsTheJSONSchema() throws {
        let document = """
            null: ~
            empty:
            bool: [true, false, yes, on]
            number: [1, -2.5, 1e3, 0x10, 01, .5, 1_000]
            text: ["1", '2', !!str 3, 2026-01-01, a: b]
            block: |
              line
            alias: &x {k: v}
            again: *x
            """

        #expect(
            try YAMLDocument.parse(document).encodedString()
                == #"{"null":null,"empty":null,"bool":[true,false,"yes","on"],"#
                + #""number":[1,-2.5,1e3,"0x10","01",".5","1_000"],"#
                + #""text":["1","2","3","2026-01-01",{"a":"b"}],"block":"line\n","alias":{"k":"v"},"again":{"k":"v"}}"#
        )
    }
}
