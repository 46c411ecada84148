import JSON
import Testing

@testable import PortalHosts

/// The schema that ships with the project is the chart's own; these are documents that its users write.
struct RealSchemaTests {
    @Test(arguments: [
        #"{"controlPlane": {"distro": {"k8s": {"version": "v1.33.4"}}}}"#,
        #"{"policies": {"resourceQuota": {"enabled": "auto", "quota": {"requests.cpu": 10}}}}"#,
        #"{"sync": {"toHost": {"pods": {"enabled": true, "rewriteHosts": {"enabled": false}}}}}"#,
        #"{"plugins": {"demo": {"image": "example/demo:1", "config": {"any": ["thing"]}}}}"#,
        #"{"controlPlane": {"statefulSet": {"pods": {"annotations": {"a/b": "c"}}}}}"#,
        #"{"global": {"whatever": 1}}"#,
        #"{"controlPlane": {"service": {"spec": {"type": "NodePort", "externalTrafficPolicy": "Local"}}}}"#,
    ])
    func schema_acceptsValuesOfTheChart(document: String) throws {
        let schema = try ProjectFiles.chartSchema()

        #expect(schema.violations(in: try JSONValue(parsing: document)) == [])
    }

    @Test(arguments: [
        (#"{"controlplane": {}}"#, "controlplane", "controlPlane"),
        (#"{"controlPlane": {"statefullSet": {}}}"#, "controlPlane.statefullSet", "statefulSet"),
        (#"{"sync": {"toHost": {"pod": {"enabled": true}}}}"#, "sync.toHost.pod", "pods"),
        (#"{"telemetry": {"enable": false}}"#, "telemetry.enable", "enabled"),
        (#"{"policies": {"resourceQuotas": {}}}"#, "policies.resourceQuotas", "resourceQuota"),
    ])
    func schema_findsMisspeltKeys(document: String, path: String, meant: String) throws {
        let found = try ProjectFiles.chartSchema().violations(in: try JSONValue(parsing: document))

        #expect(found.map(\.path) == [path])
        #expect(found.first?.message.contains("Did you mean \"\(meant)\"?") == true)
    }

    /// Values of charts before 0.20, and of distributions that are gone.
    @Test(arguments: [
        (#"{"syncer": {"replicas": 1}}"#, "syncer"),
        (#"{"vcluster": {"image": "rancher/k3s"}}"#, "vcluster"),
        (#"{"isolation": {"enabled": true}}"#, "isolation"),
        (#"{"controlPlane": {"distro": {"k3s": {"enabled": true}}}}"#, "controlPlane.distro.k3s"),
        (#"{"sleepMode": {"enabled": true}}"#, "sleepMode"),
    ])
    func schema_refusesValuesOfOldCharts(document: String, path: String) throws {
        let found = try ProjectFiles.chartSchema().violations(in: try JSONValue(parsing: document))

        #expect(found.map(\.path) == [path])
        #expect(found.map(\.rule) == [.unknownKey])
    }

    @Test func schema_refusesWrongTypesWithWords() throws {
        let document = try JSONValue(
            parsing: #"{"controlPlane": {"statefulSet": {"highAvailability": {"replicas": "3"}}}}"#
        )

        let found = try ProjectFiles.chartSchema().violations(in: document)

        #expect(found.map(\.message) == ["This has to be a whole number, but it is text."])
    }
}
