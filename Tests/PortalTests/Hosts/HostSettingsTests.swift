import JSON
import Portal
import Testing

struct HostSettingsTests {
    @Test func defaults_areSettingsToo() throws {
        let helm = try HostSettings(json: nil, driver: .helm)
        let simulated = try HostSettings(json: .null, driver: .simulated)

        #expect(helm == .helm(HelmHostSettings()))
        #expect(simulated == .simulated(SimulatedHostSettings()))
        #expect(try HostSettings(json: helm.json, driver: .helm) == helm)
        #expect(try HostSettings(json: simulated.json, driver: .simulated) == simulated)
    }

    @Test func helm_keepsEveryKey() throws {
        let json = try JSONValue(
            parsing: """
                {"chart":"vcluster","chartRepository":"https://charts.example.com","chartVersion":"0.30.0",
                "namespacePrefix":"vc-","kubeContext":"prod","exposure":"nodePort","nodePortHost":"10.0.0.1",
                "serverAddress":"https://{name}.example.com:{nodePort}","storageClass":"fast","helmPath":"/usr/bin/helm",
                "requestTimeoutSeconds":10,"installTimeoutSeconds":120,"helmValues":{"a":{"b":[1,2]}},
                "overcommit":{"cpu":2.5,"memory":1},"watermarks":{"warnPercent":70,"blockPercent":90},
                "labels":{"zone":"eu","tier":"gold"}}
                """
        )
        let settings = try HostSettings(json: json, driver: .helm)
        let helm = try #require(settings.helm)

        #expect(helm.exposure == .nodePort)
        #expect(helm.labels == ["zone": "eu", "tier": "gold"])
        #expect(settings.json == json)
        #expect(settings.simulated == nil)
    }

    @Test func simulated_keepsEveryKey() throws {
        let json = try JSONValue(
            parsing: """
                {"capacity":{"cpu":"8","memory":"32Gi","storage":"1Ti","gpus":2,"pods":100},"nodes":2,
                "latencyMilliseconds":5,"failureRate":0.25,"seed":42,"usage":{"curve":"random","average":0.5,"amplitude":0.1},
                "kubernetesVersion":"v1.30.1","unreachable":true,"namespacePrefix":"sim-",
                "overcommit":{"cpu":3,"memory":1.5},"watermarks":{"warnPercent":60,"blockPercent":100},"labels":{"zone":"eu"}}
                """
        )
        let settings = try HostSettings(json: json, driver: .simulated)
        let simulated = try #require(settings.simulated)

        #expect(simulated.capacity.cpu == Quantity(8))
        #expect(simulated.usage.curve == .random)
        #expect(settings.json == json)
    }

    @Test func errors_comeAllAtOnceWithTheirPaths() throws {
        let json = try JSONValue(
            parsing: """
                {"chart":"charts/vcluster","chartRepository":"charts.example.com","chartVersion":"v0.30","namespacePrefix":"-x",
                "exposure":"magic","serverAddress":"http://x","helmPath":"helm","requestTimeoutSeconds":0,
                "installTimeoutSeconds":"long","labels":{"a":1},"helmvalues":{}}
                """
        )
        let error = #expect(throws: PortalError.self) { try HostSettings(json: json, driver: .helm) }

        #expect(
            Set(error?.fields.map(\.field) ?? []) == [
                "settings.chart", "settings.chartRepository", "settings.chartVersion", "settings.namespacePrefix",
                "settings.exposure", "settings.serverAddress", "settings.helmPath", "settings.requestTimeoutSeconds",
                "settings.installTimeoutSeconds", "settings.labels[\"a\"]", "settings.helmvalues",
            ]
        )
    }

    @Test(arguments: [
        ("vcluster", true), ("oci://registry.example.com/charts/vcluster", true), ("/srv/charts/vcluster", true),
        ("/srv/vcluster-0.30.0.tgz", true), ("charts/vcluster", false), ("--post-renderer=/bin/sh", false),
        ("a b", false),
        ("https://example.com/vcluster.tgz", false),
    ])
    func chart_isANameAReferenceOrAPath(chart: String, isValid: Bool) {
        let settings = try? HostSettings(json: ["chart": .string(chart)], driver: .helm)
        #expect((settings != nil) == isValid)
    }

    @Test func simulated_checksItsNumbers() throws {
        let json = try JSONValue(
            parsing: """
                {"capacity":{"cpu":"-1","memory":"lots","gpus":1.5,"disk":"1Ti"},"nodes":0,"failureRate":1.5,"seed":-1,
                "usage":{"curve":"sine","average":"half","amplitude":2},"latencyMilliseconds":100000}
                """
        )
        let error = #expect(throws: PortalError.self) { try HostSettings(json: json, driver: .simulated) }

        #expect(
            Set(error?.fields.map(\.field) ?? []) == [
                "settings.capacity.cpu", "settings.capacity.memory", "settings.capacity.gpus", "settings.capacity.disk",
                "settings.nodes", "settings.failureRate", "settings.seed", "settings.usage.curve",
                "settings.usage.average",
                "settings.usage.amplitude", "settings.latencyMilliseconds",
            ]
        )
    }
}
