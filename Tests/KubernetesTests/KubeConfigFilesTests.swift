import Foundation
import JSON
import Testing

@testable import Kubernetes

struct KubeConfigFilesTests {
    @Test
    func load_readsFilesBesideTheDocument() async throws {
        try await withTemporaryDirectory { directory in
            try write(TestCertificates.authority, directory + "/ca.crt")
            try write(TestCertificates.client, directory + "/c.crt")
            try write(TestCertificates.clientKey, directory + "/c.key")
            let path = directory + "/config"
            try write(
                document(
                    cluster: "server: https://x\n    certificate-authority: ca.crt",
                    user: "client-certificate: \(directory)/c.crt\n    client-key: c.key\n    tokenFile: token"
                ),
                path
            )
            let endpoint = try KubeConfig.load(path: path).resolve()

            #expect(endpoint.trust == .authorities(Array(TestCertificates.authority.utf8)))
            #expect(endpoint.credentials.certificate?.chain == Array(TestCertificates.client.utf8))
            #expect(endpoint.credentials.token == .file(path: directory + "/token"))
        }
    }

    @Test
    func load_makesPluginsReady() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/config"
            let cluster = """
                server: https://x
                    tls-server-name: y
                    extensions:
                    - name: client.authentication.k8s.io/exec
                      extension: {audience: a}
                """
            let user = """
                exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      command: bin/plugin
                      args: [a, 1]
                      env: [{name: K, value: v}]
                      provideClusterInfo: true
                      interactiveMode: IfAvailable
                """
            try write(document(cluster: cluster, user: user), path)
            let plugin = try #require(try KubeConfig.load(path: path).resolve().credentials.plugin)

            #expect(plugin.command == directory + "/bin/plugin")
            #expect(plugin.arguments == ["a", "1"])
            #expect(plugin.environment.reveal() == ["K": "v"])
            #expect(
                plugin.clusterInfo
                    == ["server": "https://x:443", "tls-server-name": "y", "config": ["audience": "a"]]
            )
        }
    }

    @Test(arguments: [
        ("{apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "apiVersion"),
        ("{apiVersion: client.authentication.k8s.io/v1}", "command is missing"),
        ("{apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}", "terminal"),
        ("{apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: v}]}", "env[0].name"),
    ])
    func plugins_areChecked(exec: String, text: String) async throws {
        try await withTemporaryDirectory { directory in
            try write(document(user: "exec: \(exec)"), directory + "/config")
            let error = #expect(throws: KubernetesError.self) {
                try KubeConfig.load(path: directory + "/config").resolve()
            }

            #expect(error?.message.contains(text) == true)
        }
    }

    @Test
    func list_prefersTheFirstFile() async throws {
        try await withTemporaryDirectory { directory in
            try write(document(cluster: "server: https://first"), directory + "/one")
            try write(
                document(cluster: "server: https://second") + "\ncurrent-context: c\n",
                directory + "/two"
            )
            let config = try KubeConfig.load(list: "\(directory)/missing:\(directory)/one::\(directory)/two")

            #expect(config.currentContext == "c")
            #expect(config.contextNames == ["c"])
            #expect(try config.resolve().server.host == "first")
            #expect(throws: KubernetesError.self) { try KubeConfig.load(list: "\(directory)/missing") }
        }
    }

    @Test
    func default_looksWhereKubectlLooks() async throws {
        try await withTemporaryDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory + "/.kube",
                withIntermediateDirectories: true
            )
            try write(document(cluster: "server: https://home"), directory + "/.kube/config")
            try write(document(cluster: "server: https://variable"), directory + "/other")

            let home = try KubeConfig.loadDefault(environment: ["HOME": directory, "KUBECONFIG": ""])
            let variable = try KubeConfig.loadDefault(
                environment: ["HOME": directory, "KUBECONFIG": directory + "/other"]
            )

            #expect(try home.resolve().server.host == "home")
            #expect(try variable.resolve().server.host == "variable")
            #expect(throws: KubernetesError.self) { try KubeConfig.loadDefault(environment: ["HOME": "/nonexistent"]) }
        }
    }

    @Test
    func inCluster_readsTheServiceAccount() async throws {
        try await withTemporaryDirectory { directory in
            try write(TestCertificates.authority, directory + "/ca.crt")
            try write("token", directory + "/token")
            try write("portal", directory + "/namespace")
            let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"]
            let endpoint = try KubeConfig.inCluster(environment: environment, directory: directory).resolve()

            #expect(endpoint.server.url == "https://[fd00::1]:6443")
            #expect(endpoint.namespace == "portal")
            #expect(endpoint.credentials.token == .file(path: directory + "/token"))
            #expect(endpoint.trust == .authorities(Array(TestCertificates.authority.utf8)))
            #expect(throws: KubernetesError.self) { try KubeConfig.inCluster(environment: [:], directory: directory) }
        }
    }

    @Test
    func files_areBoundedAndNamed() async throws {
        try await withTemporaryDirectory { directory in
            try write(String(repeating: "#", count: 200), directory + "/large")
            try write("", directory + "/empty")
            try write("a: [", directory + "/broken")
            var limits = KubernetesLimits.standard
            limits.kubeConfigBytesMax = 100
            for name in ["large", "empty", "broken", "missing"] {
                let error = #expect(throws: KubernetesError.self) {
                    try KubeConfig.load(path: "\(directory)/\(name)", limits: limits)
                }
                #expect(error?.message.contains("\(directory)/\(name)") == true)
            }
        }
    }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func document(cluster: String = "server: https://x", user: String = "token: t") -> String {
        """
        clusters:
        - name: k
          cluster:
            \(cluster)
        contexts: [{name: c, context: {cluster: k, user: u}}]
        users:
        - name: u
          user:
            \(user)
        """
    }
}
