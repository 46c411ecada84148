import Portal
import Testing

@testable import PortalHosts

struct SyncedNameTests {
    /// Vectors of the syncer's own translation.
    @Test(arguments: [
        (["nginx", "x", "default", "x", "acme"], "nginx-x-default-x-acme"),
        (
            ["very-long-statefulset-pod-name-abcdefghij-0", "x", "production-namespace", "x", "acme-prod"],
            "very-long-statefulset-pod-name-abcdefghij-0-x-produc-750efff03f"
        ),
        (["vcluster", "my-pv", "x", "tenant-ns", "x", "acme"], "vcluster-my-pv-x-tenant-ns-x-acme"),
    ])
    func joined_isTheSyncersTranslation(parts: [String], expected: String) {
        #expect(SyncedName.joined(parts) == expected)
    }

    @Test(arguments: [
        ("data-acme-0", true), ("data-acme-12", true), ("data-acme-etcd-0", true), ("data-acme-etcd-", false),
        ("data-acme-", false), ("data-acme-x-default-x-acme", false), ("data-acme2-0", false),
        ("web-data-acme-0", false),
    ])
    func isControlPlaneClaim_knowsTheTemplatesNames(name: String, expected: Bool) {
        #expect(HelmDriver.isControlPlaneClaim(name, release: "acme") == expected)
    }

    @Test func clusterRoleName_isCutWithoutAHyphenAtTheEnd() {
        let target = VClusterTarget.make(name: "acme", namespace: String(repeating: "n", count: 53) + "-x")

        let name = HelmDriver.clusterRoleName(prefix: "vc", target: target)

        #expect(name.count <= 63)
        #expect(!name.hasSuffix("-"))
        #expect(HelmDriver.clusterRoleName(prefix: "vc", target: .make()) == "vc-acme-v-vcluster-acme")
    }
}
