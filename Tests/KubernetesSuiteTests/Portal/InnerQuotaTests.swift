import JSON
import Kubernetes
import PortalTesting
import Testing

extension PortalSuite {
    /// Limits of namespaces, as the API server inside of a vcluster sees them.
    struct InnerQuotaTests {
        @Test(.timeLimit(.minutes(5))) func innerQuotas_becomeResourceQuotasInside() async throws {
            try await SuitePortal.run { scene in
                let vcluster = try await scene.create(
                    "limits",
                    spec: [
                        "innerQuotas": [
                            ["namespace": "default", "hard": ["requests.cpu": "2", "pods": "20"]],
                            ["namespace": "team-*", "hard": ["pods": "3"]],
                        ]
                    ]
                )
                try await vcluster.wait(for: "RUNNING", within: .seconds(90))
                let shell = try await vcluster.kubeconfig()
                #expect(try await hard(in: "default", shell) == ["requests.cpu": "2", "pods": "20"])

                try await shell.kubectl("create", "namespace", "team-a")
                // What somebody changes inside does not last.
                try await shell.kubectl(
                    "patch",
                    "resourcequota",
                    "open-vcluster-portal",
                    "--namespace",
                    "default",
                    "--type",
                    "merge",
                    "--patch",
                    #"{"spec":{"hard":{"pods":"2000"}}}"#
                )
                try await update(vcluster, ["innerQuotas": [["namespace": "team-*", "hard": ["pods": "4"]]]])
                #expect(try await hard(in: "team-a", shell) == ["pods": "4"])
                #expect(try await hard(in: "default", shell) == nil, "an entry that is gone takes its quota along")

                try await update(vcluster, ["innerQuotas": .null])
                #expect(try await hard(in: "team-a", shell) == nil)
                try await vcluster.purge()
            }
        }

        private func update(_ vcluster: SuiteVCluster, _ spec: JSONValue) async throws {
            let answer = try await vcluster.scene.member.patch(vcluster.path, ["spec": spec])
            try #require(answer.status == 202, "\(answer.text)")
            try await vcluster.wait(for: "RUNNING")
        }

        private func hard(in namespace: String, _ shell: TenantShell) async throws -> [String: String]? {
            let text = try await shell.kubectl(
                "get",
                "resourcequota",
                "--namespace",
                namespace,
                "--output",
                "json"
            )
            let items = try JSONValue(parsing: Array(text.utf8))["items"]?.array ?? []
            return items.first?["spec"]?["hard"]?.object.map { object in
                Dictionary(uniqueKeysWithValues: object.map { ($0.key, $0.value.string ?? "") })
            }
        }
    }
}
