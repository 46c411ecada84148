import JSON
import Kubernetes
import PortalTesting
import Testing

extension PortalSuite {
    /// What the portal is for, from the first request to the last trace.
    struct MainJobTests {
        @Test(.timeLimit(.minutes(10))) func mainJob_leadsFromCreateToPurge() async throws {
            try await SuitePortal.run { scene in
                let vcluster = try await create(on: scene)
                let shell = try await use(vcluster)
                try await suspend(vcluster, shell)
                try await resume(vcluster, shell)
                try await scale(vcluster, shell)
                try await delete(vcluster, shell)
                try await undelete(vcluster, shell)
                try await vcluster.purge()
                #expect(try await shell.answers() == false)
                try await expectAuditTrail(of: vcluster)
            }
        }

        private func create(on scene: SuitePortal) async throws -> SuiteVCluster {
            let start = ContinuousClock.now
            let vcluster = try await scene.create("main", spec: ["isolation": "none"])
            let running = try await vcluster.wait(for: "RUNNING", within: .seconds(60))
            report("create → RUNNING", since: start)

            #expect(vcluster.namespace.hasPrefix(SuiteCluster.namespacePrefix))
            #expect(running["endpoint"]?.string?.hasPrefix("https://") == true)
            #expect(running["chartVersion"]?.string != nil)
            #expect(running["kubernetesVersion"]?.string?.hasPrefix("v1.") == true)
            #expect(running["observedGeneration"]?.int == running["generation"]?.int)
            #expect(running["simulated"]?.bool == false)
            let (operation, log) = try await vcluster.lastOperation()
            #expect(operation["state"]?.string == "succeeded")
            #expect(operation["progress"]?.int == 100)
            let steps = operation["steps"]?.array ?? []
            #expect(steps.count > 3 && steps.allSatisfy { $0["state"]?.string == "succeeded" })
            #expect(log.contains("Installing chart"))
            return vcluster
        }

        private func use(_ vcluster: SuiteVCluster) async throws -> TenantShell {
            let shell = try await vcluster.kubeconfig()

            try await shell.kubectl("create", "deployment", "web", "--image", "nginx", "--replicas", "2")
            try await expectDeployment(shell)

            let names = try await vcluster.tenantPods().map(\.name)
            #expect(names.count { $0.hasPrefix("web-") } == 2)
            let usage = try await vcluster.scene.member.get("\(vcluster.path)/usage")
            #expect(usage.status == 200, "\(usage.text)")
            return shell
        }

        private func expectDeployment(_ shell: TenantShell) async throws {
            try await shell.kubectl("rollout", "status", "deployment", "web", "--timeout", "90s")
            let ready = try await shell.kubectl("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}")
            #expect(ready == "2")
        }

        private func suspend(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            let start = ContinuousClock.now
            try await vcluster.act("suspend", until: "SUSPENDED")
            report("suspend → SUSPENDED", since: start)

            try await expectStopped(vcluster, shell)
            let refused = try await vcluster.scene.member.get("\(vcluster.path)/kubeconfig")
            #expect(refused.status == 409)
            #expect(refused.json["code"]?.string == "INVALID_PHASE")
        }

        private func expectStopped(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            #expect(try await shell.answers() == false)
            // Pods that were told to end may take their grace period on a real node.
            _ = try await eventually("the tenant's pods to be gone") {
                try await vcluster.tenantPods().isEmpty ? true : nil
            }
            let workload = try await vcluster.workload()
            #expect(workload.spec["replicas"]?.int == 0)
            #expect(try await !vcluster.claims().isEmpty)
        }

        private func resume(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            let start = ContinuousClock.now
            try await vcluster.act("resume", until: "RUNNING")
            report("resume → RUNNING", since: start)

            // The kubeconfig that was handed out before still works.
            try await expectDeployment(shell)
        }

        private func scale(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            let start = ContinuousClock.now
            let scaled = try await vcluster.act(
                "scale",
                [
                    "resources": [
                        "requests": ["cpu": "150m", "memory": "300Mi"], "limits": ["cpu": "1500m", "memory": "3Gi"],
                    ],
                    "quota": ["cpu": "4", "memory": "8Gi", "pods": 30],
                ],
                until: "RUNNING"
            )
            report("scale → RUNNING", since: start)

            #expect(scaled["spec"]?["quota"]?["pods"]?.int == 30)
            #expect(scaled["observedGeneration"]?.int == scaled["generation"]?.int)
            let workload = try await vcluster.workload()
            let containers = workload.spec["template"]?["spec"]?["containers"]?.array ?? []
            let resources = containers.first { $0["name"]?.string == "syncer" }?["resources"]
            #expect(resources?["requests"]?["memory"]?.string == "300Mi")
            #expect(resources?["limits"]?["memory"]?.string == "3Gi")
            #expect(resources?["requests"]?["cpu"]?.string == "150m")
            let quotas = try await vcluster.scene.cluster.client.list(.resourceQuota, namespace: vcluster.namespace)
            #expect(quotas.contains { $0.spec["hard"]?["count/pods"]?.string == "30" }, "\(quotas.map(\.spec))")
            try await expectDeployment(shell)
        }

        private func delete(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            let start = ContinuousClock.now
            let answer = try await vcluster.scene.member.delete(vcluster.path)
            try #require(answer.status == 202, "\(answer.text)")
            let deleted = try await vcluster.wait(for: "DELETED")
            report("delete → DELETED", since: start)

            #expect(deleted["deletedAt"]?.string != nil)
            #expect(deleted["purgeAt"]?.string != nil)
            #expect(deleted["allowedActions"]?.array?.contains("undelete") == true)
            try await expectStopped(vcluster, shell)
        }

        private func undelete(_ vcluster: SuiteVCluster, _ shell: TenantShell) async throws {
            let start = ContinuousClock.now
            let back = try await vcluster.act("undelete", until: "RUNNING")
            report("undelete → RUNNING", since: start)

            #expect(back["purgeAt"]?.isNull == true)
            #expect(back["deletedAt"]?.isNull == true)
            try await expectDeployment(shell)
        }

        private func expectAuditTrail(of vcluster: SuiteVCluster) async throws {
            let audit = try await vcluster.scene.admin.get("/api/v1/audit?pageSize=200").json["items"]?.array ?? []
            let verbs = Set(audit.compactMap { $0["verb"]?.string })
            for verb in ["create", "suspend", "resume", "scale", "delete", "undelete", "purge", "kubeconfig"] {
                #expect(verbs.contains("vcluster.\(verb)"))
            }
        }

        private func report(_ what: String, since start: ContinuousClock.Instant) {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("\(what): \((seconds * 10).rounded() / 10) s")
        }
    }
}
