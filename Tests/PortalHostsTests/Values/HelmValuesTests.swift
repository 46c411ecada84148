import JSON
import Portal
import Testing

@testable import PortalHosts

struct HelmValuesTests {
    private func document(_ spec: VClusterSpec, _ context: HelmValues.Context = .make()) -> JSONValue {
        .object(HelmValues(spec: spec, context: context).document)
    }

    private func expect(_ spec: VClusterSpec, _ context: HelmValues.Context = .make(), gives text: String) throws {
        let expected = try JSONValue(parsing: text)
        let actual = document(spec, context)
        #expect(actual == expected, "\(actual.encodedString(pretty: true))")
    }

    @Test func document_isSmallForADefaultSpec() throws {
        try expect(
            VClusterSpec(),
            gives: """
                {"controlPlane": {
                   "statefulSet": {"highAvailability": {"replicas": 1}},
                   "backingStore": {"database": {"embedded": {"enabled": true}}},
                   "service": {"spec": {"type": "ClusterIP"}},
                   "proxy": {"extraSANs": ["acme.vcluster-acme.svc"]}},
                 "telemetry": {"enabled": false}}
                """
        )
    }

    @Test func document_mapsTheControlPlane() throws {
        let spec = VClusterSpec(
            kubernetesVersion: "v1.33.4",
            resources: VClusterSpec.Resources(
                requests: VClusterSpec.ComputeResources(cpu: Quantity("500m"), memory: Quantity("1Gi")),
                limits: VClusterSpec.ComputeResources(memory: Quantity("2Gi"), ephemeralStorage: Quantity("8Gi"))
            ),
            persistence: VClusterSpec.Persistence(enabled: true, size: Quantity("10Gi"), storageClass: "fast"),
            serviceAccount: VClusterSpec.ServiceAccount(name: "robot", annotations: ["b": "2", "a": "1"]),
            plugins: [VClusterSpec.Plugin(name: "demo", image: "example/demo:1", config: ["level": 3])]
        )

        try expect(
            spec,
            gives: """
                {"controlPlane": {
                   "distro": {"k8s": {"version": "v1.33.4"}},
                   "statefulSet": {
                     "highAvailability": {"replicas": 1},
                     "resources": {"requests": {"cpu": "500m", "memory": "1Gi"},
                                   "limits": {"memory": "2Gi", "ephemeral-storage": "8Gi"}},
                     "persistence": {"volumeClaim": {"enabled": true, "size": "10Gi", "storageClass": "fast"}}},
                   "advanced": {"serviceAccount": {"name": "robot", "annotations": {"a": "1", "b": "2"}}},
                   "backingStore": {"database": {"embedded": {"enabled": true}}},
                   "service": {"spec": {"type": "ClusterIP"}},
                   "proxy": {"extraSANs": ["acme.vcluster-acme.svc"]}},
                 "plugins": {"demo": {"image": "example/demo:1", "config": {"level": 3}}},
                 "telemetry": {"enabled": false}}
                """
        )
    }

    @Test func document_mapsHighAvailabilityOnDeployedEtcd() throws {
        let spec = VClusterSpec(
            replicas: 3,
            backingStore: VClusterSpec.BackingStore(type: .deployedEtcd, etcdReplicas: 3),
            persistence: VClusterSpec.Persistence(size: Quantity("20Gi"))
        )

        let values = document(spec)

        let plane = values["controlPlane"]
        #expect(plane?["statefulSet"] == ["highAvailability": ["replicas": 3]])
        #expect(plane?["advanced"]?["podDisruptionBudget"] == ["enabled": true, "maxUnavailable": 1])
        #expect(
            plane?["backingStore"]
                == [
                    "etcd": [
                        "deploy": [
                            "enabled": true,
                            "statefulSet": [
                                "highAvailability": ["replicas": 3],
                                "persistence": ["volumeClaim": ["size": "20Gi"]],
                            ],
                        ]
                    ]
                ]
        )
    }

    @Test func document_mapsAnExternalEtcd() throws {
        let tls = VClusterSpec.TLSFiles(caFile: "/ca", certFile: "/cert", keyFile: "/key")
        let store = VClusterSpec.BackingStore(type: .externalEtcd, endpoint: "https://etcd.example:2379", tls: tls)

        let external = document(VClusterSpec(backingStore: store))["controlPlane"]?["backingStore"]?["etcd"]?[
            "external"
        ]

        #expect(external?["endpoint"] == "https://etcd.example:2379")
        #expect(external?["enabled"] == true)
        #expect(external?["tls"] == ["caFile": "/ca", "certFile": "/cert", "keyFile": "/key"])
    }

    @Test func document_pinsTheNodePortsThatTheServiceHas() {
        let spec = VClusterSpec(exposure: VClusterSpec.Exposure(type: .nodePort))

        let first = document(spec)["controlPlane"]?["service"]
        let later = document(spec, .make(httpsNodePort: 30443, kubeletNodePort: 30250))["controlPlane"]?["service"]

        #expect(first == ["spec": ["type": "NodePort"]])
        #expect(later == ["spec": ["type": "NodePort"], "httpsNodePort": 30443, "kubeletNodePort": 30250])
    }

    @Test func document_forgetsNodePortsOfAnotherExposure() {
        let values = document(VClusterSpec(), .make(httpsNodePort: 30443, kubeletNodePort: 30250))

        #expect(values["controlPlane"]?["service"] == ["spec": ["type": "ClusterIP"]])
    }

    @Test func document_mapsAnIngressAndItsNames() {
        let ingress = VClusterSpec.Ingress(className: "nginx", host: "acme.example", annotations: ["a/b": "c"])
        let values = document(VClusterSpec(exposure: VClusterSpec.Exposure(type: .ingress, ingress: ingress)))

        let plane = values["controlPlane"]
        #expect(
            plane?["ingress"]
                == [
                    "enabled": true, "host": "acme.example", "spec": ["ingressClassName": "nginx"],
                    "annotations": ["a/b": "c"],
                ]
        )
        #expect(plane?["proxy"]?["extraSANs"] == ["acme.vcluster-acme.svc", "acme.example"])
        #expect(values["exportKubeConfig"]?["server"] == "https://acme.example")
    }

    @Test func document_takesExposureAndNamesFromTheHost() {
        var settings = HelmHostSettings()
        settings.exposure = .nodePort
        settings.nodePortHost = "nodes.example"
        settings.serverAddress = "https://{name}.clusters.example:{nodePort}"
        settings.storageClass = "slow"

        let values = document(VClusterSpec(), .make(settings: settings))

        let plane = values["controlPlane"]
        #expect(plane?["service"]?["spec"]?["type"] == "NodePort")
        #expect(
            plane?["proxy"]?["extraSANs"]
                == ["acme.vcluster-acme.svc", "nodes.example", "acme.clusters.example"]
        )
        #expect(plane?["statefulSet"]?["persistence"] == ["volumeClaim": ["storageClass": "slow"]])
    }

    @Test func document_mergesTheValuesOfHostAndSpecInThatOrder() {
        var settings = HelmHostSettings()
        settings.helmValues = [
            "controlPlane": ["advanced": ["defaultImageRegistry": "registry.example"], "coredns": ["enabled": true]]
        ]
        var spec = VClusterSpec()
        spec.helmValues = [
            "controlPlane": ["coredns": ["enabled": false]], "telemetry": nil, "logging": ["encoding": "json"],
        ]

        let values = document(spec, .make(settings: settings, ownerLabels: ["portal/id": "1"]))

        #expect(values["controlPlane"]?["advanced"]?["defaultImageRegistry"] == "registry.example")
        #expect(values["controlPlane"]?["coredns"] == ["enabled": false])
        #expect(values["telemetry"] == .null)
        #expect(values["logging"] == ["encoding": "json"])
        #expect(values["controlPlane"]?["statefulSet"]?["labels"] == ["portal/id": "1"])
    }

    @Test func document_doesNotLetValuesTakeTheOwnerAway() {
        var spec = VClusterSpec()
        spec.helmValues = ["controlPlane": ["statefulSet": ["labels": ["portal/id": "2", "mine": "x"]]]]

        let values = document(spec, .make(ownerLabels: ["portal/id": "1"]))

        #expect(values["controlPlane"]?["statefulSet"]?["labels"] == ["portal/id": "1", "mine": "x"])
    }

    @Test func document_mapsSyncAndExcludesTheOtherDirection() throws {
        let sync = VClusterSpec.Sync(
            nodes: true,
            persistentVolumes: true,
            storageClasses: .fromHost,
            ingresses: true,
            priorityClasses: .toHost,
            networkPolicies: true,
            podDisruptionBudgets: true
        )

        let expected = try JSONValue(
            parsing: """
                {"fromHost": {"nodes": {"enabled": true}, "ingressClasses": {"enabled": true},
                              "storageClasses": {"enabled": true}, "priorityClasses": {"enabled": false}},
                 "toHost": {"persistentVolumes": {"enabled": true}, "ingresses": {"enabled": true},
                            "networkPolicies": {"enabled": true}, "podDisruptionBudgets": {"enabled": true},
                            "storageClasses": {"enabled": false}, "priorityClasses": {"enabled": true}}}
                """
        )
        #expect(document(VClusterSpec(sync: sync))["sync"] == expected)
        #expect(document(VClusterSpec())["sync"] == nil)
    }
}
