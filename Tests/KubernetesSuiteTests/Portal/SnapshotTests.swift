import Foundation
import JSON
import Kubernetes
import PortalTesting
import Testing

extension PortalSuite {
    /// Snapshots by pods on a real API server; on the test bed these pods end well after two seconds and do nothing.
    struct SnapshotTests {
        @Test(.timeLimit(.minutes(5))) func snapshot_isTakenByAPodAndRestoredIntoASuspendedVCluster() async throws {
            try await SuitePortal.run { scene in
                let vcluster = try await scene.create("keeps")
                try await vcluster.wait(for: "RUNNING", within: .seconds(90))

                let taken = try await scene.member.post("\(vcluster.path)/snapshots", ["name": "first"])
                try #require(taken.status == 202, "\(taken.text)")
                let id = try #require(taken.json["snapshot"]?["id"]?.string)
                let pod = try await pod(of: vcluster, "write")
                #expect(pod.labels["app"] == "vcluster-snapshot")
                let claims = pod.spec["volumes"]?.array?.compactMap {
                    $0["persistentVolumeClaim"]?["claimName"]?.string
                }
                #expect(claims?.contains("data-\(vcluster.release)-0") == true)
                try await vcluster.wait(for: "RUNNING")
                let snapshot = try await scene.member.get("/api/v1/snapshots/\(id)").json
                #expect(snapshot["state"] == "ready" && snapshot["size"]?.isNull == true)
                #expect(snapshot["storage"] == "ownVolume" && snapshot["chartVersion"]?.string != nil)

                try await vcluster.act("suspend", until: "SUSPENDED")
                let restored = try await vcluster.act("restore", ["snapshotId": .string(id)], until: "RUNNING")
                #expect(restored["reason"]?.isNull == true)
                let (operation, log) = try await vcluster.lastOperation()
                #expect(operation["verb"] == "restore" && operation["state"] == "succeeded", "\(log)")
                let words = ["-verify-", "scaled to 1", "-restore-"].map { log.range(of: $0)?.lowerBound }
                #expect(words.allSatisfy { $0 != nil }, "\(log)")
                try await expectNoTraces(of: vcluster)
                #expect(try await vcluster.kubeconfig().answers())

                let deleted = try await scene.member.delete("/api/v1/snapshots/\(id)")
                #expect(deleted.status == 202)
                try await vcluster.wait(for: "RUNNING")
                #expect(try await scene.member.get("/api/v1/snapshots/\(id)").status == 404)
                try await vcluster.purge()
            }
        }

        /// The archive is read first: when that fails nothing has been touched.
        @Test(.timeLimit(.minutes(5)), .enabled(if: SuiteCluster.isTestbed))
        func restore_ofAnArchiveThatCannotBeReadTouchesNothing() async throws {
            try await SuitePortal.run { scene in
                let vcluster = try await scene.create("damaged")
                try await vcluster.wait(for: "RUNNING", within: .seconds(90))
                let taken = try await scene.member.post("\(vcluster.path)/snapshots", ["name": "first"])
                let id = try #require(taken.json["snapshot"]?["id"]?.string, "\(taken.text)")
                try await vcluster.wait(for: "RUNNING")
                let before = try await vcluster.workload().generation

                let answer = try await scene.member.post("\(vcluster.path)/restore", ["snapshotId": .string(id)])
                try #require(answer.status == 202, "\(answer.text)")
                try await breakPod(of: vcluster, "verify")
                let message = try await vcluster.waitForError("SnapshotUnreadable")

                #expect(message.contains("nothing was changed"))
                #expect(try await vcluster.workload().generation == before)
                try await vcluster.act("retry", until: "RUNNING")
                try await vcluster.purge()
            }
        }

        /// A restore that fails in the middle starts the control plane again.
        @Test(.timeLimit(.minutes(5)), .enabled(if: SuiteCluster.isTestbed))
        func restore_thatFailsInTheMiddleStartsTheControlPlaneAgain() async throws {
            try await SuitePortal.run { scene in
                let vcluster = try await scene.create("halfway")
                try await vcluster.wait(for: "RUNNING", within: .seconds(90))
                let taken = try await scene.member.post("\(vcluster.path)/snapshots", ["name": "first"])
                let id = try #require(taken.json["snapshot"]?["id"]?.string, "\(taken.text)")
                try await vcluster.wait(for: "RUNNING")

                let answer = try await scene.member.post("\(vcluster.path)/restore", ["snapshotId": .string(id)])
                try #require(answer.status == 202, "\(answer.text)")
                let pod = try await breakPod(of: vcluster, "restore")
                try await vcluster.waitForError("SnapshotFailed")

                #expect(pod.spec["containers"]?[0]?["command"] == ["/vcluster", "restore"])
                let workload = try await vcluster.workload()
                #expect(workload.spec["replicas"] == 1 && workload.annotations["loft.sh/restoring"] == nil)
                try await vcluster.act("retry", until: "RUNNING")
                try await vcluster.purge()
            }
        }

        /// The pod of a purpose once it is there.
        private func pod(of vcluster: SuiteVCluster, _ purpose: String) async throws -> KubernetesObject {
            try await eventually("the pod that is to \(purpose)") {
                try await pods(of: vcluster).first { $0.name.contains("-\(purpose)-") }
            }
        }

        private func pods(of vcluster: SuiteVCluster) async throws -> [KubernetesObject] {
            try await vcluster.scene.cluster.client.list(
                .pod,
                namespace: vcluster.namespace,
                labelSelector: "app=vcluster-snapshot"
            )
        }

        /// Lets the pod of a purpose end with an error, before it would end well.
        @discardableResult
        private func breakPod(of vcluster: SuiteVCluster, _ purpose: String) async throws -> KubernetesObject {
            let pod = try await pod(of: vcluster, purpose)
            try await vcluster.scene.cluster.kubectl(
                ["annotate", "pod", pod.name, "--namespace", vcluster.namespace, "testbed/fail=Error"]
            )
            return pod
        }

        private func expectNoTraces(of vcluster: SuiteVCluster) async throws {
            let left = try await pods(of: vcluster).filter { $0.deletionTimestamp == nil }
            #expect(left.isEmpty, "\(left.map(\.name))")
            let annotations = try await vcluster.workload().annotations
            for name in ["loft.sh/paused", "loft.sh/restoring", "loft.sh/paused-replicas"] {
                #expect(annotations[name] == nil, "\(name)")
            }
            _ = try await eventually("the options of the pods to be gone") {
                let secrets = try await vcluster.scene.cluster.client.list(.secret, namespace: vcluster.namespace)
                return secrets.contains { $0.name.hasPrefix("vcluster-snapshot-options-") } ? nil : true
            }
        }
    }
}
