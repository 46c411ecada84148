import JSON
import Portal
import Testing

@testable import PortalHosts

/// Whatever a person asks for, the document that helm gets satisfies the chart's own schema.
struct GeneratedSpecTests {
    @Test(arguments: 0..<10) func document_satisfiesTheRealSchema(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let schema = try ProjectFiles.chartSchema()
        for _ in 0..<100 {
            let spec = VClusterSpec.random(using: &generator)
            let document = HelmValues(spec: spec, context: .random(using: &generator)).document

            let found = schema.violations(in: .object(document))

            #expect(found == [], "\(JSONValue.object(document).encodedString(pretty: true))")
        }
    }

    /// Values go through a file, so they have to survive being written and read.
    @Test func document_survivesItsFile() throws {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<100 {
            let document = JSONValue.object(
                HelmValues(spec: .random(using: &generator), context: .random(using: &generator)).document
            )

            #expect(try JSONValue(parsing: document.encoded()) == document)
        }
    }
}

extension VClusterSpec {
    static func random(using generator: inout SeededGenerator) -> VClusterSpec {
        var spec = VClusterSpec()
        func maybe<Value>(_ value: @autoclosure () -> Value) -> Value? {
            Bool.random(using: &generator) ? value() : nil
        }
        func amount(_ units: [String]) -> Quantity? {
            Quantity("\(Int.random(in: 1...64, using: &generator))\(units.randomElement(using: &generator) ?? "")")
        }
        func compute() -> ComputeResources {
            ComputeResources(cpu: maybe(amount(["", "00m"])) ?? nil, memory: maybe(amount(["Gi", "G"])) ?? nil)
        }
        spec.kubernetesVersion = maybe("v1.3\(Int.random(in: 0...6, using: &generator)).1")
        spec.replicas = Int.random(in: 1...3, using: &generator)
        spec.resources = Resources(requests: compute(), limits: compute())
        spec.backingStore = BackingStore(
            type: BackingStore.Kind.allCases.randomElement(using: &generator) ?? .embeddedDatabase,
            etcdReplicas: [1, 3, 5].randomElement(using: &generator) ?? 1,
            endpoint: maybe("https://etcd.example:2379"),
            tls: maybe(TLSFiles(caFile: "/a", certFile: "/b", keyFile: "/c"))
        )
        spec.persistence = Persistence(
            enabled: maybe(true),
            size: maybe(amount(["Gi"])) ?? nil,
            storageClass: maybe("x")
        )
        spec.quota = Envelope(
            cpu: maybe(amount([""])) ?? nil,
            memory: maybe(amount(["Gi"])) ?? nil,
            storage: maybe(amount(["Gi", "Ti"])) ?? nil,
            gpus: maybe(4),
            pods: maybe(100)
        )
        spec.isolation = Isolation.allCases.randomElement(using: &generator) ?? .none
        spec.exposure.type = Exposure.Kind.allCases.randomElement(using: &generator) ?? .clusterIP
        if spec.exposure.type == .ingress {
            spec.exposure.ingress = Ingress(className: maybe("nginx"), host: "a.example", annotations: ["k/a": "v"])
        }
        spec.sync = Sync(
            nodes: Bool.random(using: &generator),
            persistentVolumes: Bool.random(using: &generator),
            storageClasses: maybe(SyncDirection.allCases.randomElement(using: &generator)) ?? nil,
            ingresses: Bool.random(using: &generator),
            priorityClasses: maybe(SyncDirection.allCases.randomElement(using: &generator)) ?? nil,
            networkPolicies: Bool.random(using: &generator),
            podDisruptionBudgets: Bool.random(using: &generator)
        )
        spec.serviceAccount = ServiceAccount(name: maybe("robot"), annotations: maybe(["a": "b"]) ?? [:])
        if Bool.random(using: &generator) {
            spec.plugins = [Plugin(name: "demo", image: "example/demo:1", config: maybe(["x": [1, 2]]) ?? [:])]
        }
        if Bool.random(using: &generator) {
            spec.helmValues = ["controlPlane": ["coredns": ["enabled": false]], "logging": ["encoding": "json"]]
        }
        return spec
    }
}

extension HelmValues.Context {
    static func random(using generator: inout SeededGenerator) -> HelmValues.Context {
        var settings = HelmHostSettings()
        settings.exposure = VClusterSpec.Exposure.Kind.allCases.randomElement(using: &generator) ?? .clusterIP
        if Bool.random(using: &generator) { settings.nodePortHost = "10.0.0.1" }
        if Bool.random(using: &generator) { settings.serverAddress = "https://{name}.example:{nodePort}" }
        if Bool.random(using: &generator) { settings.storageClass = "standard" }
        return .make(
            settings: settings,
            ownerLabels: ["portal.open-vcluster.io/vcluster-id": "1"],
            httpsNodePort: Bool.random(using: &generator) ? 30443 : nil,
            kubeletNodePort: Bool.random(using: &generator) ? 30250 : nil
        )
    }
}
