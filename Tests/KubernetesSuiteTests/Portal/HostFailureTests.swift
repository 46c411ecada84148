import JSON
import Kubernetes
import Portal
import PortalTesting
import Testing

extension PortalSuite {
    /// Hosts that cannot be used as they are configured: what the vcluster says, and that it goes on once repaired.
    struct HostFailureTests {
        /// An unreachable host may come back, so that nobody has to ask again.
        @Test(.timeLimit(.minutes(3))) func unreachable_waitsAndGoesOnByItself() async throws {
            try await SuitePortal.run { cluster, setup in
                setup.kubeconfig = cluster.spoiledKubeconfig(server: SuiteCluster.closedServer)
            } _: { scene in
                let vcluster = try await scene.create("away")

                let waiting = try await eventually("the operation to wait") {
                    let operation = try await vcluster.lastOperation().operation
                    return operation["state"]?.string == "waiting" ? .some(operation) : .none
                }
                #expect(waiting["reason"]?.string == "HostUnreachable")
                #expect(waiting["message"]?.string?.contains("suite") == true)
                #expect(waiting["message"]?.string?.contains("Attempt 1 of") == true)
                #expect(try await vcluster.get()["phase"]?.string == "CREATING")
                let check = try await scene.admin.post("/api/v1/hosts/\(scene.hostID)/check")
                #expect(check.json["state"]?.string == "failed")

                try await scene.repairHost(kubeconfig: scene.cluster.kubeconfig)
                try await vcluster.wait(for: "RUNNING")
                try await vcluster.purge()
            }
        }

        /// Neither what is half made nor a deletion that fails is lost from sight.
        @Test(.timeLimit(.minutes(3))) func unreachable_endsAsErrorAndIsPurgedByRetry() async throws {
            try await SuitePortal.run { _, setup in
                setup.settings["helmPath"] = "/nowhere/helm"
                setup.limits.operations.attemptsMax = 2
                setup.limits.operations.backoffMin = .milliseconds(100)
            } _: { scene in
                let vcluster = try await scene.create("lost")
                try await vcluster.waitForError("HelmMissing")
                #expect(try await scene.cluster.exists(.namespace, vcluster.namespace))
                try await scene.repairHost("helmPath")
                let away = scene.cluster.spoiledKubeconfig(server: SuiteCluster.closedServer)
                try await scene.repairHost(kubeconfig: away)

                let answer = try await scene.member.delete("\(vcluster.path)?gracePeriodSeconds=0")
                try #require(answer.status == 202, "\(answer.text)")
                try await vcluster.waitForError("HostUnreachable")
                #expect(try await vcluster.get()["purgeAt"]?.isNull == true)

                try await scene.repairHost(kubeconfig: scene.cluster.kubeconfig)
                let retry = try await scene.member.post("\(vcluster.path)/retry")
                try #require(retry.status == 202, "\(retry.text)")
                try await vcluster.waitUntilGone()
            }
        }

        /// One repair after the other; every retry meets the next cause until there is none.
        @Test(.timeLimit(.minutes(3))) func configuration_isToldAndRepairedStepByStep() async throws {
            try await SuitePortal.run { cluster, setup in
                setup.kubeconfig = cluster.spoiledKubeconfig()
                setup.settings["helmPath"] = "/nowhere/helm"
                setup.settings["chart"] = "/nowhere/chart"
            } _: { scene in
                let vcluster = try await scene.create("chain")

                let credentials = try await vcluster.waitForError("CredentialsRejected")
                #expect(credentials.contains("suite"))
                try await scene.repairHost(kubeconfig: scene.cluster.kubeconfig)

                try await vcluster.act("retry", until: "ERROR")
                let helm = try await vcluster.waitForError("HelmMissing")
                #expect(helm.contains("/nowhere/helm"))
                try await scene.repairHost("helmPath")

                try await vcluster.act("retry", until: "ERROR")
                let chart = try await vcluster.waitForError("ChartMissing")
                #expect(chart.contains("/nowhere/chart"))
                try await scene.repairHost("chart")

                try await vcluster.act("retry", until: "RUNNING")
                try await vcluster.purge()
            }
        }
    }
}
