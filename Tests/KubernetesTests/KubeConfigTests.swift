import Foundation
import JSON
import Kubernetes
import Testing

struct KubeConfigTests {
    private static let authority = Data(TestCertificates.authority.utf8).base64EncodedString()
    private static let client = Data(TestCertificates.client.utf8).base64EncodedString()
    private static let clientKey = Data(TestCertificates.clientKey.utf8).base64EncodedString()

    private static let complete = """
        apiVersion: v1
        kind: Config
        current-context: first
        preferences: {}
        clusters:
        - name: one
          cluster:
            server: https://10.0.0.1:6443
            certificate-authority-data: \(authority)
            tls-server-name: api.example.com
            proxy-url: http://proxy.example.com:3128
        - name: two
          cluster: {server: "https://[fd00::1]/base/", insecure-skip-tls-verify: true}
        contexts:
        - name: first
          context: {cluster: one, user: token, namespace: team-a}
        - name: second
          context: {cluster: two, user: certificate}
        - name: anonymous
          context: {cluster: two}
        users:
        - name: token
          user: {token: 12345, as: boss, as-groups: [g], as-uid: u, as-user-extra: {scope: [a, b]}}
        - name: certificate
          user:
            client-certificate-data: \(client)
            client-key-data: \(clientKey)
        """

    @Test
    func resolve_takesTheCurrentContext() throws {
        let config = try KubeConfig(yaml: Self.complete)
        let endpoint = try config.resolve()

        #expect(config.currentContext == "first")
        #expect(config.contextNames == ["first", "second", "anonymous"])
        #expect(endpoint.server.url == "https://10.0.0.1:6443")
        #expect(endpoint.trust == .authorities(Array(TestCertificates.authority.utf8)))
        #expect(endpoint.tlsServerName == "api.example.com")
        #expect(endpoint.proxy?.host == "proxy.example.com")
        #expect(endpoint.proxy?.port == 3128)
        #expect(endpoint.namespace == "team-a")
        #expect(endpoint.credentials.token == .literal(Redacted("12345")))
        #expect(
            endpoint.credentials.impersonation
                == Impersonation(user: "boss", groups: ["g"], uid: "u", extra: ["scope": ["a", "b"]])
        )
    }

    @Test
    func resolve_takesANamedContext() throws {
        let config = try KubeConfig(yaml: Self.complete)
        let endpoint = try config.resolve(context: "second")

        #expect(endpoint.server.host == "fd00::1")
        #expect(endpoint.server.url == "https://[fd00::1]:443/base")
        #expect(endpoint.trust == .insecure)
        #expect(endpoint.namespace == nil)
        #expect(endpoint.credentials.certificate?.chain == Array(TestCertificates.client.utf8))
        #expect(endpoint.credentials.certificate?.key.reveal() == Array(TestCertificates.clientKey.utf8))
        #expect(try config.resolve(context: "anonymous").credentials == .anonymous)
    }

    @Test
    func resolve_takesTheOnlyContext() throws {
        let config = try KubeConfig(yaml: minimal(user: "token: t"))

        #expect(config.currentContext == nil)
        #expect(try config.resolve().credentials.token == .literal(Redacted("t")))
    }

    @Test
    func json_isYAML() throws {
        let json: JSONValue = [
            "current-context": "c",
            "clusters": [["name": "k", "cluster": ["server": "https://x"]]],
            "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
            "users": [["name": "u", "user": ["token": "t"]]],
        ]

        #expect(try KubeConfig(yaml: json.encodedString(pretty: true)).resolve().server.port == 443)
    }

    /// Faulty documents and a part of the error's text.
    static let faulty: [(yaml: String, text: String)] = [
        ("", "mapping"), ("[1]", "mapping"), ("a: [", "line 2"), ("kind: Pod", "kind is not Config"),
        ("clusters: 5", "clusters"), ("users: [{user: {}}]", "users[0]"),
        ("users: [{name: a, user: 7}]", "users[0].user"),
        ("a: 1\na: 2", "twice"), ("? [a]\n: 1", "key"), ("a: 1\n---\nb: 2", "document"),
        ("current-context: x", "no context x"), ("contexts: []", "current-context"),
        ("contexts: [{name: c, context: {}}]", "contexts[c].context.cluster is missing"),
        ("contexts: [{name: c, context: {cluster: k}}]", "names k"),
        (minimal(cluster: "{}"), "clusters[k].cluster.server is missing"),
        (minimal(cluster: "{server: [1]}"), "clusters[k].cluster.server is no text"),
        (minimal(cluster: "{server: example.com}"), "https://"),
        (minimal(cluster: "{server: 'ftp://example.com'}"), "https://"),
        (minimal(cluster: "{server: 'https://u:p@example.com'}"), "token"),
        (minimal(cluster: "{server: 'https://'}"), "host"),
        (minimal(cluster: "{server: 'https://x?y'}"), "host"),
        (minimal(cluster: "{server: 'https://x', insecure-skip-tls-verify: maybe}"), "true nor false"),
        (
            minimal(cluster: "{server: 'https://x', insecure-skip-tls-verify: true, certificate-authority-data: QQ==}"),
            "contradicts"
        ),
        (minimal(cluster: "{server: 'https://x', certificate-authority-data: '%%%'}"), "base64"),
        (minimal(cluster: "{server: 'https://x', certificate-authority: ca.crt}"), "names a file"),
        (minimal(cluster: "{server: 'https://x', proxy-url: 'https://proxy'}"), "proxy-url"),
        (minimal(cluster: "{server: 'https://x', proxy-url: 'http://u:p@proxy'}"), "proxy"),
        (minimal(user: "username: u\n    password: p"), "basic authentication"),
        (minimal(user: "auth-provider: {name: gcp}"), "auth-provider"),
        (minimal(user: "tokenFile: t"), "names a file"),
        (minimal(user: "client-certificate: c.crt"), "names a file"),
        (minimal(user: "client-certificate-data: QQ=="), "client-key is missing"),
        (minimal(user: "client-key-data: QQ=="), "client-certificate is missing"),
        (minimal(user: "as-groups: [a]"), "as is missing"),
        (minimal(user: "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}"), "runs a command"),
    ]

    @Test(arguments: faulty)
    func faults_areNamed(yaml: String, text: String) {
        let error = #expect(throws: KubernetesError.self) { try KubeConfig(yaml: yaml).resolve() }

        #expect(error?.kind == .configuration)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    /// Broken documents must not put their tokens into errors.
    @Test(arguments: [
        "users: [{name: u, user: {token: s3cr3t", "token: s3cr3t\n  bad: [", "users:\n- s3cr3t: *x", "\"s3cr3t\n: ]",
        "users: [{name: a, user: s3cr3t}]", "current-context: {s3cr3t: 1}", "contexts: s3cr3t",
    ])
    func errors_doNotQuoteTheDocument(yaml: String) {
        let error = #expect(throws: KubernetesError.self) { try KubeConfig(yaml: yaml).resolve() }

        #expect(error?.debugDescription.contains("s3cr3t") == false)
    }

    @Test
    func documents_areBounded() {
        var limits = KubernetesLimits.standard
        limits.kubeConfigBytesMax = 100
        #expect(throws: KubernetesError.self) {
            try KubeConfig(yaml: String(repeating: "#", count: 101), limits: limits)
        }

        let bomb =
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + zip("abcdefg", "bcdefgh").map { from, to in
                "\(to): &\(to) [\(Array(repeating: "*\(from)", count: 9).joined(separator: ", "))]\n"
            }.joined()
        let error = #expect(throws: KubernetesError.self) { try KubeConfig(yaml: bomb) }
        #expect(error?.message.contains("values") == true)

        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: KubernetesError.self) { try KubeConfig(yaml: deep) }
        #expect(throws: KubernetesError.self) { try KubeConfig(yaml: String(repeating: "[", count: 500_000)) }
        #expect(throws: KubernetesError.self) { try KubeConfig(yaml: String(repeating: "- ", count: 300_000) + "a") }
    }

    /// Whatever comes in, parsing and resolving end with a value or an error.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func parse_survivesMutations(seed: UInt64) {
        var state = seed
        let document = Array(Self.complete.utf8)
        for _ in 0..<200 {
            var bytes = document
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int((state >> 33) % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? KubeConfig(yaml: String(decoding: bytes, as: UTF8.self)).resolve()
        }
    }

    private static func minimal(cluster: String = "{server: 'https://x'}", user: String = "{}") -> String {
        """
        clusters: [{name: k, cluster: \(cluster)}]
        contexts: [{name: c, context: {cluster: k, user: u}}]
        users:
        - name: u
          user:
            \(user)
        """
    }

    private func minimal(user: String) -> String { Self.minimal(user: user) }
}
