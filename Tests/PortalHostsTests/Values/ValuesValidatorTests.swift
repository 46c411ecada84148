import JSON
import Portal
import Testing

@testable import PortalHosts

struct ValuesValidatorTests {
    private func problems(
        _ spec: VClusterSpec,
        chartVersion: String? = nil,
        context: HelmValues.Context = .make()
    ) throws -> [FieldError] {
        try ValuesValidator(schema: ProjectFiles.chartSchema(), chartVersion: chartVersion)
            .problems(of: spec, context: context)
    }

    private func spec(helmValues text: String) throws -> VClusterSpec {
        var spec = VClusterSpec()
        spec.helmValues = try JSONValue(parsing: text).object ?? [:]
        return spec
    }

    @Test func problems_areNoneForADefaultSpec() throws {
        #expect(try problems(VClusterSpec(), chartVersion: "0.30.0") == [])
    }

    @Test func problems_nameEveryFaultInHelmValues() throws {
        let spec = try spec(
            helmValues: """
                {"controlPlane": {"statefullSet": {}, "proxy": {"port": "8443"}}, "sync": {"toHost": {"pod": {}}},
                 "controlPlane2": 1}
                """
        )

        let found = try problems(spec)

        #expect(
            found.map(\.field) == [
                "spec.helmValues.controlPlane.proxy.port", "spec.helmValues.controlPlane.statefullSet",
                "spec.helmValues.sync.toHost.pod", "spec.helmValues.controlPlane2",
            ]
        )
        #expect(found.first?.code == FieldErrorCode.invalidType)
        #expect(found.dropFirst().allSatisfy { $0.code == FieldErrorCode.unknownField })
    }

    @Test(arguments: [
        (#"{"sync": {"toHost": {"volumeSnapshots": {"enabled": true}}}}"#, "sync.toHost.volumeSnapshots"),
        (
            #"{"sync": {"fromHost": {"volumeSnapshotClasses": {"enabled": true}}}}"#,
            "sync.fromHost.volumeSnapshotClasses"
        ),
        (#"{"deploy": {"volumeSnapshotController": {"enabled": true}}}"#, "deploy.volumeSnapshotController"),
    ])
    func problems_refuseKeysThatTheChartRemoved(values: String, path: String) throws {
        let found = try problems(try spec(helmValues: values))

        #expect(found.map(\.field).contains("spec.helmValues.\(path)"))
        #expect(found.first?.message.contains("0.36") == true)
    }

    @Test func problems_tellTheHostsValuesFromTheSpecs() throws {
        var settings = HelmHostSettings()
        settings.helmValues = ["nonsense": 1]

        let found = try problems(VClusterSpec(), context: .make(settings: settings))

        #expect(found.map(\.field) == ["host.helmValues.nonsense"])
    }

    @Test func problems_holdTheVersionAgainstTheChartOfTheHost() throws {
        let spec = VClusterSpec(kubernetesVersion: "v1.36.0")

        #expect(try problems(spec, chartVersion: "0.36.0") == [])
        #expect(try problems(spec, chartVersion: "0.30.0").map(\.field) == ["spec.kubernetesVersion"])
        #expect(try problems(VClusterSpec(), chartVersion: "0.19.0").map(\.field) == ["spec.chartVersion"])
    }
}
