import Portal
import Testing

@testable import PortalHosts

struct UpgradePathTests {
    private let installed = UpgradePath(
        chartVersion: "0.30.0",
        kubernetesVersion: "v1.33.4",
        store: .embeddedDatabase,
        etcdReplicas: nil
    )

    @Test(
        arguments: [
            (nil, nil), ("v1.33.4", "0.30.0"), ("v1.33.9", "0.30.1"), ("v1.33.1", nil), ("v1.34.0", "0.31.0"),
            (nil, "0.36.0"), ("v1.33.4", "0.0.1"),
        ] as [(String?, String?)]
    )
    func problem_isNoneForSafeChanges(kubernetes: String?, chart: String?) {
        #expect(installed.problem(spec: VClusterSpec(kubernetesVersion: kubernetes), chartVersion: chart) == nil)
    }

    @Test(
        arguments: [
            ("v1.32.9", nil, "go back"), ("v1.35.0", nil, "v1.34 first"), (nil, "0.29.9", "chartVersion"),
            (nil, "0.30.0-rc.1", "chartVersion"),
        ] as [(String?, String?, String)]
    )
    func problem_namesDowngradesAndSkips(kubernetes: String?, chart: String?, part: String) {
        let problem = installed.problem(spec: VClusterSpec(kubernetesVersion: kubernetes), chartVersion: chart)

        #expect(problem?.contains(part) == true)
    }

    @Test func problem_namesAnotherStore() {
        let spec = VClusterSpec(backingStore: VClusterSpec.BackingStore(type: .deployedEtcd))

        #expect(installed.problem(spec: spec, chartVersion: nil)?.contains("deployedEtcd") == true)
    }

    @Test func problem_namesOtherMembersOfEtcd() {
        var path = installed
        path.store = .deployedEtcd
        path.etcdReplicas = 1
        var spec = VClusterSpec(backingStore: VClusterSpec.BackingStore(type: .deployedEtcd, etcdReplicas: 3))
        #expect(path.problem(spec: spec, chartVersion: nil)?.contains("from 1 to 3") == true)

        spec.backingStore.etcdReplicas = 1
        #expect(path.problem(spec: spec, chartVersion: nil) == nil)
    }

    @Test func problem_isNoneWhenNothingIsKnown() {
        let spec = VClusterSpec(kubernetesVersion: "v1.30.0", backingStore: .init(type: .deployedEtcd))

        #expect(UpgradePath().problem(spec: spec, chartVersion: "0.20.0") == nil)
    }

    @Test(arguments: [
        (
            "controlPlane: {backingStore: {database: {embedded: {enabled: true}}}}",
            VClusterSpec.BackingStore.Kind?.some(.embeddedDatabase)
        ),
        ("controlPlane: {backingStore: {etcd: {deploy: {enabled: true}}}}", .deployedEtcd),
        ("controlPlane: {backingStore: {etcd: {external: {enabled: true}}}}", .externalEtcd),
        ("controlPlane: {backingStore: {etcd: {embedded: {enabled: true}}}}", nil),
        ("controlPlane: {backingStore: {database: {external: {enabled: true}}}}", nil),
        ("controlPlane: {backingStore: {}}", .embeddedDatabase), ("{", nil), ("", nil),
    ])
    func store_isReadFromTheInstalledValues(yaml: String, expected: VClusterSpec.BackingStore.Kind?) {
        #expect(InstalledValues(yaml: Array(yaml.utf8)).store == expected)
    }

    @Test func replicas_areReadFromTheInstalledValues() {
        let yaml = """
            controlPlane:
              statefulSet: {highAvailability: {replicas: 2}}
              backingStore: {etcd: {deploy: {enabled: true, statefulSet: {highAvailability: {replicas: 3}}}}}
            """
        let values = InstalledValues(yaml: Array(yaml.utf8))

        #expect(values.replicas(ofEtcd: false) == 2)
        #expect(values.replicas(ofEtcd: true) == 3)
        #expect(values.etcdReplicas == 3)
        #expect(InstalledValues(yaml: Array("a: 1".utf8)).replicas(ofEtcd: false) == nil)
    }
}
