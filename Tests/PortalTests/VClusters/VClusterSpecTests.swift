import JSON
@testable import Portal
import Testing

/// The rules of specs: one table of wrong input, and what survives the way to JSON and back.
struct VClusterSpecTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var json: JSONValue
        /// `field CODE` of every error, in order.
        var errors: [String]

        init(_ json: JSONValue, _ errors: String...) {
            self.json = json
            self.errors = errors
        }

        var testDescription: String { json.encodedString() }
    }

    static let good: [JSONValue] = [
        [:],
        .null,
        ["kubernetesVersion": "v1.33.4"],
        ["kubernetesVersion": "1.36.0", "chartVersion": "0.36.0-rc.1"],
        ["replicas": 3, "backingStore": ["type": "deployedEtcd", "etcdReplicas": 3]],
        ["replicas": 2, "backingStore": ["type": "externalEtcd", "endpoint": "https://etcd.example:2379"]],
        ["resources": ["requests": ["cpu": "500m", "memory": "1Gi"], "limits": ["cpu": 1, "memory": "1024Mi"]]],
        ["exposure": ["type": "ingress", "ingress": ["host": "a.example.com", "annotations": ["a/b": "c"]]]],
        ["sync": ["nodes": true, "storageClasses": "fromHost", "priorityClasses": false]],
        ["plugins": [["name": "hello", "image": "ghcr.io/acme/hello:1.2"]]],
        [
            "persistence": ["size": "20Gi", "storageClass": "fast"],
            "quota": ["cpu": "8", "memory": "16Gi", "pods": 50],
        ],
        ["helmValues": ["telemetry": ["enabled": false]]],
    ]

    @Test(arguments: good)
    func init_acceptsGoodSpecs(_ json: JSONValue) throws {
        let spec = try VClusterSpec(validating: json)

        #expect(try VClusterSpec(validating: spec.json) == spec, "JSON keeps everything")
        #expect(VClusterSpec(stored: spec.json) == spec)
    }

    static let bad: [Case] = [
        Case("text", "spec INVALID_TYPE"),
        Case(["nonsense": 1], "spec.nonsense UNKNOWN_FIELD"),
        Case(["kubernetes_version": "1.33.4"], "spec.kubernetes_version UNKNOWN_FIELD"),
        Case(["kubernetesVersion": "1.33"], "spec.kubernetesVersion INVALID_VALUE"),
        Case(["kubernetesVersion": "latest"], "spec.kubernetesVersion INVALID_VALUE"),
        Case(["kubernetesVersion": "v1.33.4-rc.1"], "spec.kubernetesVersion INVALID_VALUE"),
        Case(["kubernetesVersion": 1.33], "spec.kubernetesVersion INVALID_TYPE"),
        Case(["kubernetesVersion": "v1.29.0"], "spec.kubernetesVersion OUT_OF_RANGE"),
        Case(["kubernetesVersion": "v1.37.0"], "spec.kubernetesVersion OUT_OF_RANGE"),
        Case(["kubernetesVersion": "v2.33.0"], "spec.kubernetesVersion OUT_OF_RANGE"),
        Case(["kubernetesVersion": "v1.35.0", "chartVersion": "0.30.0"], "spec.kubernetesVersion OUT_OF_RANGE"),
        Case(["chartVersion": "0.19.5"], "spec.chartVersion OUT_OF_RANGE"),
        Case(["chartVersion": "new"], "spec.chartVersion INVALID_VALUE"),
        Case(["distro": "k3s"], "spec.distro INVALID_VALUE"),
        Case(["distro": "k3s", "chartVersion": "0.32.2"], "spec.distro INVALID_VALUE"),
        Case(["distro": "k0s"], "spec.distro INVALID_VALUE"),
        Case(["distro": "eks"], "spec.distro INVALID_VALUE"),
        Case(["distro": "minikube"], "spec.distro INVALID_VALUE"),
        Case(["replicas": 0], "spec.replicas OUT_OF_RANGE"),
        Case(["replicas": "3"], "spec.replicas INVALID_TYPE"),
        Case(["replicas": 1.5], "spec.replicas INVALID_TYPE"),
        Case(["replicas": 3], "spec.replicas CONFLICT"),
        Case(
            ["backingStore": ["type": "deployedEtcd", "etcdReplicas": 2]],
            "spec.backingStore.etcdReplicas INVALID_VALUE"
        ),
        Case(["backingStore": ["etcdReplicas": 3]], "spec.backingStore.etcdReplicas CONFLICT"),
        Case(["backingStore": ["type": "embeddedEtcd"]], "spec.backingStore.type INVALID_VALUE"),
        Case(["backingStore": ["type": "externalEtcd"]], "spec.backingStore.endpoint REQUIRED"),
        Case(
            ["backingStore": ["type": "externalEtcd", "endpoint": "etcd:2379"]],
            "spec.backingStore.endpoint INVALID_VALUE"
        ),
        Case(["backingStore": ["endpoint": "https://x:1"]], "spec.backingStore.endpoint CONFLICT"),
        Case(["persistence": ["enabled": false]], "spec.persistence.enabled CONFLICT"),
        Case(["persistence": ["size": "1Mi"]], "spec.persistence.size OUT_OF_RANGE"),
        Case(["persistence": ["size": "lots"]], "spec.persistence.size INVALID_QUANTITY"),
        Case(["persistence": ["storageClass": "No Way"]], "spec.persistence.storageClass INVALID_VALUE"),
        Case(["resources": ["limits": ["cpu": "1x"]]], "spec.resources.limits.cpu INVALID_QUANTITY"),
        Case(["resources": ["limits": ["cpu": "-1"]]], "spec.resources.limits.cpu OUT_OF_RANGE"),
        Case(
            ["resources": ["requests": ["cpu": "2", "memory": "2Gi"], "limits": ["cpu": "1", "memory": "1Gi"]]],
            "spec.resources.requests.cpu CONFLICT",
            "spec.resources.requests.memory CONFLICT"
        ),
        Case(["quota": ["cpu": "100m"]], "spec.quota.cpu OUT_OF_RANGE"),
        Case(["quota": ["pods": 0]], "spec.quota.pods OUT_OF_RANGE"),
        Case(["isolation": "strict"], "spec.isolation INVALID_VALUE"),
        Case(["exposure": ["type": "ingress"]], "spec.exposure.ingress.host REQUIRED"),
        Case(["exposure": ["type": "ingress", "ingress": [:]]], "spec.exposure.ingress.host REQUIRED"),
        Case(
            ["exposure": ["type": "ingress", "ingress": ["host": "A_B"]]],
            "spec.exposure.ingress.host INVALID_VALUE"
        ),
        Case(["exposure": ["ingress": ["host": "a.b"]]], "spec.exposure.ingress CONFLICT"),
        Case(["sync": ["nodes": "yes"]], "spec.sync.nodes INVALID_TYPE"),
        Case(["sync": ["storageClasses": "both"]], "spec.sync.storageClasses INVALID_VALUE"),
        Case(
            [
                "sync": ["storageClasses": "fromHost"],
                "helmValues": ["sync": ["toHost": ["storageClasses": ["enabled": true]]]],
            ],
            "spec.sync.storageClasses CONFLICT"
        ),
        Case(
            [
                "helmValues": [
                    "sync": [
                        "toHost": ["priorityClasses": ["enabled": true]],
                        "fromHost": ["priorityClasses": ["enabled": true]],
                    ]
                ]
            ],
            "spec.sync.priorityClasses CONFLICT"
        ),
        Case(["serviceAccount": ["name": "Bad!"]], "spec.serviceAccount.name INVALID_VALUE"),
        Case(["plugins": [["name": "a"]]], "spec.plugins[0].image REQUIRED"),
        Case(["plugins": [["name": "a", "image": "repo:5000/x"]]], "spec.plugins[0].image INVALID_VALUE"),
        Case(
            ["plugins": [["name": "a", "image": "x:1"], ["name": "a", "image": "x:1"]]],
            "spec.plugins[1].name CONFLICT"
        ),
        Case(["helmValues": "a: b"], "spec.helmValues INVALID_TYPE"),
        Case(
            ["helmValues": ["controlPlane": ["statefulSet": ["highAvailability": ["replicas": 3]]]]],
            "spec.helmValues.controlPlane.statefulSet.highAvailability.replicas CONFLICT"
        ),
        Case(
            ["bogus": 1, "distro": "k3s", "replicas": 3, "resources": ["limits": ["memory": "x"]]],
            "spec.bogus UNKNOWN_FIELD",
            "spec.resources.limits.memory INVALID_QUANTITY",
            "spec.distro INVALID_VALUE",
            "spec.replicas CONFLICT"
        ),
    ]

    @Test(arguments: bad)
    func init_namesEveryWrongField(_ wrong: Case) {
        let error = #expect(throws: PortalError.self) { try VClusterSpec(validating: wrong.json) }

        #expect(error?.code == .invalidArgument)
        #expect(error?.fields.map { "\($0.field) \($0.code)" } == wrong.errors)
        #expect(error?.fields.allSatisfy { !$0.message.isEmpty } == true)
    }

    @Test func unknownField_suggestsTheOneThatWasMeant() {
        let error = #expect(throws: PortalError.self) { try VClusterSpec(validating: ["kubernetes_version": "1.33.4"]) }

        #expect(error?.fields.first?.message.contains("kubernetesVersion") == true)
    }

    @Test func init_neverTrapsOnMutatedInput() throws {
        let seed = try VClusterSpec(validating: Self.good[7]).json.encoded()
        var random = SplitMix(seed: 20_261_123)
        for _ in 0..<2000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            guard let json = try? JSONValue(parsing: bytes) else { continue }
            _ = try? VClusterSpec(validating: json)
            _ = VClusterSpec(stored: json)
        }
    }

    static let changes: [(old: JSONValue, new: JSONValue, installed: String?, errors: [String])] = [
        (["kubernetesVersion": "v1.33.4"], ["kubernetesVersion": "v1.34.0"], "v1.33.4", []),
        (["kubernetesVersion": "v1.33.4"], ["kubernetesVersion": "v1.33.1"], "v1.33.4", ["spec.kubernetesVersion"]),
        (["kubernetesVersion": "v1.33.4"], ["kubernetesVersion": "v1.35.0"], "v1.33.4", ["spec.kubernetesVersion"]),
        ([:], ["kubernetesVersion": "v1.35.0"], "v1.33.4", ["spec.kubernetesVersion"]),
        (["chartVersion": "0.33.0"], ["chartVersion": "0.32.0"], "v1.33.4", ["spec.chartVersion"]),
        ([:], ["backingStore": ["type": "deployedEtcd"]], "v1.33.4", ["spec.backingStore.type"]),
        ([:], ["backingStore": ["type": "deployedEtcd"]], nil, []),
        ([:], ["persistence": ["size": "20Gi"]], "v1.33.4", ["spec.persistence"]),
        (
            ["backingStore": ["type": "deployedEtcd"]], ["backingStore": ["type": "deployedEtcd", "etcdReplicas": 3]],
            "v1.33.4", ["spec.backingStore.etcdReplicas"]
        ),
    ]

    @Test(arguments: changes.indices)
    func problems_ofAChangeNameWhatTheChartCannotDo(_ index: Int) throws {
        let change = Self.changes[index]
        let old = try VClusterSpec(validating: change.old)
        let new = try VClusterSpec(validating: change.new)

        #expect(new.problems(changingFrom: old, installed: change.installed).map(\.field) == change.errors)
    }

    static let names: [(name: String, code: String?)] = [
        ("web", nil), ("a", nil), ("web-1", nil), (String(repeating: "a", count: 40), nil),
        ("", "REQUIRED"), (String(repeating: "a", count: 41), "TOO_LONG"), ("Web", "INVALID_VALUE"),
        ("-web", "INVALID_VALUE"), ("web-", "INVALID_VALUE"), ("we_b", "INVALID_VALUE"), ("we.b", "INVALID_VALUE"),
        ("1web", "INVALID_VALUE"), ("wéb", "INVALID_VALUE"), ("web\n", "INVALID_VALUE"),
    ]

    @Test(arguments: names.indices)
    func problems_ofNamesFollowTheLabelRule(_ index: Int) {
        let problems = NewVCluster.problems(name: Self.names[index].name)

        #expect(problems.first?.code == Self.names[index].code)
    }

    @Test func namespace_fitsIntoALabel() {
        let id = VClusterID()
        let namespace = VClusterService.namespace(
            prefix: String(repeating: "p", count: 20),
            name: String(repeating: "n", count: 33) + "-" + String(repeating: "m", count: 6),
            id: id
        )

        #expect(namespace.utf8.count <= 63)
        #expect(KubernetesNames.isLabel(namespace))
        #expect(namespace.hasSuffix(id.description.suffix(8)))
    }
}

/// Repeatable chance.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
