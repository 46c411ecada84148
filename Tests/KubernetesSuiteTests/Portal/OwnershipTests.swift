import Foundation
import JSON
import Kubernetes
import Portal
import PortalTesting
import Testing

extension PortalSuite {
    /// Releases that the portal did not make, and what others do to those that it made.
    struct OwnershipTests {
        @Test(.timeLimit(.minutes(4))) func adoption_takesOverAReleaseOfPlainHelm() async throws {
            try await SuitePortal.run { _, setup in
                setup.limits.vclusters.observeInterval = .zero
            } _: { scene in
                let namespace = "\(SuiteCluster.namespacePrefix)adopt-\(UUID().uuidString.prefix(8).lowercased())"
                scene.willRemove(namespace: namespace, release: "old")
                try await scene.cluster.helm(
                    ["upgrade", "old", SuiteCluster.chart, "--install", "--create-namespace", "--namespace", namespace]
                        + ["--set", "controlPlane.service.spec.type=NodePort"] + Self.chartSource
                )

                let releases = try await scene.admin.get("/api/v1/hosts/\(scene.hostID)/releases")
                let found = releases.json["items"]?.array?.first { $0["namespace"]?.string == namespace }
                #expect(found?["release"]?.string == "old", "\(releases.text)")
                #expect(found?["managedBy"]?.isNull == true)
                let wish: JSONValue = [
                    "tenantId": .string(scene.portal.organization.payments.id.description),
                    "namespace": .string(namespace), "release": "old",
                ]
                let adopted = try await scene.admin.post("/api/v1/hosts/\(scene.hostID)/adopt", wish)
                try #require(adopted.status == 202, "\(adopted.text)")
                let vcluster = try scene.found(adopted.json)
                try await vcluster.wait(for: "RUNNING")
                let again = try await scene.admin.post("/api/v1/hosts/\(scene.hostID)/adopt", wish)
                #expect(again.status == 409, "\(again.text)")

                _ = try await eventually("its API") { try await vcluster.kubeconfig().answers() ? true : nil }
                try await expectDriftSeenAndRepaired(vcluster)
                // The namespace is not the portal's, so it stays.
                try await vcluster.purge(keepingNamespace: true)
            }
        }

        private static var chartSource: [String] {
            chartIsNamed ? ["--repo", "https://charts.loft.sh"] : []
        }

        private static var chartIsNamed: Bool { !SuiteCluster.chart.contains("/") }

        private func expectDriftSeenAndRepaired(_ vcluster: SuiteVCluster) async throws {
            let scene = vcluster.scene
            #expect(try await drifted(vcluster)["status"]?.string == "False")

            // Not by its scale subresource: that of old API servers does not answer new versions of kubectl.
            let patch = #"{"spec":{"replicas":0}}"#
            let control = ["statefulset", vcluster.release]
            try await scene.cluster.kubectl(["-n", vcluster.namespace, "patch"] + control + ["--patch", patch])
            let condition = try await eventually("the drift to be seen") {
                let condition = try await drifted(vcluster)
                return condition["status"]?.string == "True" ? .some(condition) : .none
            }
            #expect(condition["reason"]?.string == "ScaledDownExternally")
            #expect(condition["message"]?.string?.isEmpty == false)
            let events = try await scene.member.get("\(vcluster.path)/events").json["items"]?.array ?? []
            #expect(events.contains { $0["reason"]?.string == "ScaledDownExternally" })

            // What the message advises.
            try await vcluster.act("suspend", until: "SUSPENDED")
            #expect(try await vcluster.workload().spec["replicas"]?.int == 0)
            try await vcluster.act("resume", until: "RUNNING")
            #expect(try await drifted(vcluster)["status"]?.string == "False")
        }

        /// The condition after a fresh look.
        private func drifted(_ vcluster: SuiteVCluster) async throws -> JSONValue {
            _ = try await vcluster.scene.portal.services.driftWatcher.runOnce()
            let conditions = try await vcluster.get()["conditions"]?.array ?? []
            return conditions.first { $0["type"]?.string == "Drifted" } ?? .null
        }

        @Test(.timeLimit(.minutes(3))) func foreignNamespaces_areLeftAlone() async throws {
            try await SuitePortal.run { cluster, setup in
                setup.kubeconfig = cluster.spoiledKubeconfig()
            } _: { scene in
                let vcluster = try await scene.create("foreign")
                try await vcluster.waitForError("CredentialsRejected")
                // Somebody else was faster with the same name.
                try await scene.cluster.kubectl(["create", "namespace", vcluster.namespace])
                try await scene.cluster.kubectl(
                    ["-n", vcluster.namespace, "create", "deployment", "x", "--image", "nginx"]
                )
                try await scene.repairHost(kubeconfig: scene.cluster.kubeconfig)

                try await vcluster.act("retry", until: "ERROR")
                let message = try await vcluster.waitForError("ReleaseConflict")
                #expect(message.contains(vcluster.namespace))

                try await vcluster.purge(keepingNamespace: true)
                #expect(try await scene.cluster.exists(.deployment, "x", in: vcluster.namespace))
            }
        }
    }
}
