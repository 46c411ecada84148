import JSON
import Kubernetes
import Portal
import PortalTesting
import Testing

extension PortalSuite {
    /// Specs and clusters that a control plane cannot start with: what is told, and that a retry works afterwards.
    struct InstallFailureTests {
        @Test(.timeLimit(.minutes(1))) func values_areRefusedWithTheirPath() async throws {
            try await SuitePortal.run { scene in
                let answer = try await scene.requestCreation(
                    "typo",
                    spec: ["helmValues": ["controlPlane": ["statefulSett": ["labels": ["a": "b"]]]]]
                )

                #expect(answer.status == 400)
                #expect(answer.json["code"]?.string == "INVALID_ARGUMENT")
                #expect(answer.errorFields == ["spec.helmValues.controlPlane.statefulSett"])
                #expect(answer.text.contains("statefulSet"), "the nearest name is proposed")
                let list = try await scene.member.get("/api/v1/vclusters").json["items"]?.array
                #expect(list?.isEmpty == true)
            }
        }

        /// Helm has the last word: this pair passes the schema and is refused by a template of the chart.
        @Test(.timeLimit(.minutes(3))) func values_refusedByTheChartAreCorrected() async throws {
            try await SuitePortal.run { scene in
                let contradiction: JSONValue = [
                    "secret": ["name": "one"], "additionalSecrets": [["name": "two", "namespace": "default"]],
                ]
                let vcluster = try await scene.create(
                    "values",
                    spec: ["helmValues": ["exportKubeConfig": contradiction]]
                )

                try await vcluster.waitForError("ValuesRejected")
                let (_, log) = try await vcluster.lastOperation()
                #expect(log.contains("Error"), "helm's own words are in the log: \(log)")

                let answer = try await scene.member.patch(vcluster.path, ["spec": ["helmValues": nil]])
                try #require(answer.status == 202, "\(answer.text)")
                try await vcluster.wait(for: "RUNNING")
                try await vcluster.purge()
            }
        }

        /// A quota of the host's administrator: told by name; the retry works as soon as it is gone.
        @Test(.timeLimit(.minutes(4))) func quota_isToldAndRetried() async throws {
            try await SuitePortal.run { _, setup in
                // The namespace has to be there before the install, so the first attempt gets no further.
                setup.settings["helmPath"] = "/nowhere/helm"
                setup.limits.operations.patience[.hostQuotaExceeded] = .seconds(3)
            } _: { scene in
                let vcluster = try await scene.create("quota")
                try await vcluster.waitForError("HelmMissing")
                let quota = KubernetesObject(
                    kind: .resourceQuota,
                    namespace: vcluster.namespace,
                    name: "tight",
                    members: ["spec": ["hard": ["count/pods": "0"]]]
                )
                try await scene.cluster.client.create(quota)
                try await scene.repairHost("helmPath")

                try await vcluster.act("retry", until: "ERROR")
                let message = try await vcluster.waitForError("HostQuotaExceeded")
                #expect(message.contains("tight"))

                try await scene.cluster.client.delete(
                    ResourcePath(kind: .resourceQuota, namespace: vcluster.namespace, name: "tight")
                )
                try await vcluster.act("retry", until: "RUNNING")
                try await vcluster.purge()
            }
        }
    }

    /// Failures of pods that only the test bed can be asked for.
    @Suite(.enabled(if: SuiteCluster.isTestbed))
    struct PodFailureTests {
        /// Chart values that make every control-plane pod of the host fail.
        private static func failing(_ reason: String) -> JSONValue {
            ["controlPlane": ["statefulSet": ["pods": ["annotations": ["testbed/fail": .string(reason)]]]]]
        }

        /// The cause is in the settings of the host: a retry before it is removed fails again, one afterwards works.
        @Test(.timeLimit(.minutes(3))) func images_areToldAndRetried() async throws {
            try await SuitePortal.run { _, setup in
                setup.limits.operations.patience[.imagePullFailed] = .seconds(2)
                setup.settings["helmValues"] = Self.failing("ImagePullBackOff")
            } _: { scene in
                let vcluster = try await scene.create("image")
                let message = try await vcluster.waitForError("ImagePullFailed")
                #expect(message.contains("ImagePullBackOff"))

                try await vcluster.act("retry", until: "ERROR")
                try await vcluster.waitForError("ImagePullFailed")

                try await scene.repairHost("helmValues")
                try await vcluster.act("retry", until: "RUNNING")
                try await vcluster.purge()
            }
        }

        /// The cause is in the spec: an update corrects it.
        @Test(.timeLimit(.minutes(3))) func timeout_isToldAndCorrected() async throws {
            try await SuitePortal.run { _, setup in
                setup.settings["installTimeoutSeconds"] = 10
            } _: { scene in
                let vcluster = try await scene.create(
                    "late",
                    spec: ["helmValues": Self.failing("ContainerCreating")]
                )

                let message = try await vcluster.waitForError("Timeout", within: .seconds(30))
                #expect(message.contains("10 seconds"))

                try await scene.repairHost("installTimeoutSeconds")
                let answer = try await scene.member.patch(vcluster.path, ["spec": ["helmValues": nil]])
                try #require(answer.status == 202, "\(answer.text)")
                try await vcluster.wait(for: "RUNNING")
                let annotations = try await vcluster.workload().spec["template"]?["metadata"]?["annotations"]
                #expect(annotations?["testbed/fail"] == nil)
                try await vcluster.purge()
            }
        }

        /// The chart of the host has become stricter than what the spec was checked against.
        @Test(.timeLimit(.minutes(3))) func values_refusedByAStricterSchemaAreTold() async throws {
            try await SuitePortal.run { _, setup in
                // Without a chart at hand the schema that ships with the portal counts, which knows more keys.
                setup.settings["chart"] = "/nowhere/chart"
            } _: { scene in
                let vcluster = try await scene.create("strict", spec: ["helmValues": ["serviceCIDR": "10.96.0.0/12"]])
                try await vcluster.waitForError("ChartMissing")
                try await scene.repairHost("chart")

                try await vcluster.act("retry", until: "ERROR")
                let message = try await vcluster.waitForError("ValuesRejected")
                #expect(message.contains("serviceCIDR"))
                try await vcluster.purge()
            }
        }
    }
}
