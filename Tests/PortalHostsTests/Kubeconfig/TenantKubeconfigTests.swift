import JSON
import Kubernetes
import Testing

@testable import PortalHosts

struct TenantKubeconfigTests {
    private static let yaml = """
        apiVersion: v1
        kind: Config
        clusters:
        - cluster:
            certificate-authority-data: Q0E=
            server: https://localhost:8443
            x-unknown: kept
          name: kubernetes
        contexts:
        - context:
            cluster: kubernetes
            namespace: team
            user: kubernetes-admin
          name: kubernetes-admin@kubernetes
        current-context: kubernetes-admin@kubernetes
        preferences: {}
        users:
        - name: kubernetes-admin
          user:
            client-certificate-data: Q0VSVA==
            client-key-data: S0VZ
            token: "0123"
        """

    @Test func rewritten_changesServerAndNamesOnly() throws {
        let text = try TenantKubeconfig(yaml: Self.yaml).rewritten(
            server: "https://x.example:30443",
            name: "acme@berlin"
        )

        let config = try YAMLDocument.parse(text)
        let cluster = config["clusters"]?[0]
        #expect(cluster?["name"] == "acme@berlin")
        #expect(cluster?["cluster"]?["server"] == "https://x.example:30443")
        #expect(cluster?["cluster"]?["certificate-authority-data"] == "Q0E=")
        #expect(cluster?["cluster"]?["x-unknown"] == "kept")
        #expect(config["current-context"] == "acme@berlin")
        #expect(
            config["contexts"]?[0]
                == [
                    "context": ["cluster": "acme@berlin", "namespace": "team", "user": "acme@berlin"],
                    "name": "acme@berlin",
                ]
        )
        #expect(config["users"]?[0]?["name"] == "acme@berlin")
        #expect(config["users"]?[0]?["user"]?["client-key-data"] == "S0VZ")
        #expect(config["users"]?[0]?["user"]?["token"] == "0123")
    }

    @Test func rewritten_isAKubeconfigThatResolves() throws {
        let plain = Self.yaml
            .replacing("    certificate-authority-data: Q0E=\n", with: "")
            .replacing("    client-certificate-data: Q0VSVA==\n    client-key-data: S0VZ\n", with: "")
        let text = try TenantKubeconfig(yaml: plain).rewritten(server: "https://[::1]:30443", name: "acme@berlin")

        let endpoint = try KubeConfig(yaml: text).resolve()

        #expect(endpoint.server.port == 30443)
        #expect(endpoint.server.host == "::1")
    }

    @Test func rewritten_keepsNamesWhenThereAreSeveral() throws {
        let second = Self.yaml.replacing(
            "contexts:\n- context:",
            with: "contexts:\n- context: {cluster: kubernetes, user: other}\n  name: other\n- context:"
        )

        let config = try YAMLDocument.parse(
            try TenantKubeconfig(yaml: second).rewritten(server: "https://x:1", name: "acme@berlin")
        )

        #expect(config["current-context"] == "kubernetes-admin@kubernetes")
        #expect(config["clusters"]?[0]?["cluster"]?["server"] == "https://x:1")
    }

    @Test(arguments: ["", "[]", "{", "clusters: []", "clusters: [{name: x}]", "clusters: {a: b}", "just text"])
    func rewritten_refusesWhatIsNoKubeconfig(yaml: String) {
        #expect(throws: TenantKubeconfig.Malformed.self) {
            _ = try TenantKubeconfig(yaml: yaml).rewritten(server: "https://x:1", name: "n")
        }
    }

    @Test(arguments: 0..<8) func rewritten_survivesMutatedFiles(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<100 {
            var bytes = Array(Self.yaml.utf8)
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 9...126, using: &generator)
            }
            _ = try? TenantKubeconfig(yaml: String(decoding: bytes, as: UTF8.self))
                .rewritten(server: "https://x:1", name: "n")
        }
    }
}
