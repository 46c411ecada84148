import Foundation
import JSON
import Kubernetes
import NIOSSL
import Testing

struct TLSTests {
    private let authority = KubernetesEndpoint.ServerTrust.authorities(Array(TestCertificates.authority.utf8))

    @Test
    func serverName_isVerifiedInsteadOfTheAddress() async throws {
        try await withServer { server, endpoint in
            var endpoint = endpoint
            endpoint.tlsServerName = "API.portal.test"
            let version = try await withKubernetesClient(endpoint) { try await $0.version() }

            #expect(version.minor == 20)
            #expect(server.requests.first?.header("Host") == "127.0.0.1:\(server.port)")
        }
    }

    @Test
    func wrongNames_areRefused() async throws {
        try await withServer { server, endpoint in
            for name in [nil, "other.portal.test"] {
                var endpoint = endpoint
                endpoint.tlsServerName = name
                let error = await expectError(.tls) {
                    try await withKubernetesClient(endpoint) { try await $0.version() }
                }
                #expect(error?.isTransient == false)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test
    func strangeAuthorities_areRefused() async throws {
        try await withServer { server, endpoint in
            var endpoint = endpoint
            endpoint.tlsServerName = "api.portal.test"
            for trust in [.system, .authorities(Array(TestCertificates.otherAuthority.utf8))]
                as [KubernetesEndpoint.ServerTrust]
            {
                endpoint.trust = trust
                await expectError(.tls) { try await withKubernetesClient(endpoint) { try await $0.version() } }
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test
    func insecure_checksNothing() async throws {
        try await withServer { _, endpoint in
            var endpoint = endpoint
            endpoint.trust = .insecure
            _ = try await withKubernetesClient(endpoint) { try await $0.version() }
        }
    }

    @Test(arguments: [TestCertificates.clientKey, TestCertificates.clientKeySEC1])
    func clientCertificate_isPresented(key: String) async throws {
        try await withServer(clientsNeedCertificates: true) { server, endpoint in
            var endpoint = endpoint
            endpoint.tlsServerName = "api.portal.test"
            endpoint.credentials.certificate = ClientCertificate(
                chain: Array(TestCertificates.client.utf8),
                key: Redacted(Array(key.utf8))
            )
            _ = try await withKubernetesClient(endpoint) { try await $0.version() }

            #expect(server.requests.count == 1)
        }
    }

    @Test
    func missingClientCertificate_isATLSError() async throws {
        try await withServer(clientsNeedCertificates: true) { server, endpoint in
            var endpoint = endpoint
            endpoint.tlsServerName = "api.portal.test"
            await expectError(.tls) { try await withKubernetesClient(endpoint) { try await $0.version() } }

            #expect(server.requests.isEmpty)
        }
    }

    @Test
    func pluginsCertificate_isPresented() async throws {
        try await withTemporaryDirectory { directory in
            let credential: JSONValue = [
                "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "status": [
                    "clientCertificateData": JSONValue(TestCertificates.client),
                    "clientKeyData": JSONValue(TestCertificates.clientKey),
                ],
            ]
            try credential.encodedString().write(toFile: directory + "/out", atomically: true, encoding: .utf8)
            try await withServer(clientsNeedCertificates: true) { server, endpoint in
                var endpoint = endpoint
                endpoint.tlsServerName = "api.portal.test"
                endpoint.credentials.plugin = CredentialPlugin(
                    apiVersion: "client.authentication.k8s.io/v1",
                    command: "cat",
                    arguments: [directory + "/out"]
                )
                _ = try await withKubernetesClient(endpoint) { try await $0.version() }

                #expect(server.requests.count == 1)
            }
        }
    }

    @Test
    func brokenCertificates_areConfigurationErrors() async throws {
        let server = try KubernetesServer("https://127.0.0.1:1")
        let chain = Array(TestCertificates.client.utf8)
        let wrong: [KubernetesEndpoint] = [
            KubernetesEndpoint(server: server, trust: .authorities(Array("x".utf8))),
            KubernetesEndpoint(
                server: server,
                credentials: KubernetesCredentials(certificate: ClientCertificate(chain: chain, key: Redacted([1])))
            ),
            KubernetesEndpoint(
                server: server,
                credentials: KubernetesCredentials(certificate: ClientCertificate(chain: [], key: Redacted([])))
            ),
            KubernetesEndpoint(server: server, tlsServerName: "10.0.0.1"),
            KubernetesEndpoint(server: server, tlsServerName: "a/b"),
        ]
        for endpoint in wrong {
            await expectError(.configuration) { try await withKubernetesClient(endpoint) { $0 } }
        }
    }

    private func withServer(
        clientsNeedCertificates: Bool = false,
        _ body: (FakeAPIServer, KubernetesEndpoint) async throws -> Void
    ) async throws {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        if clientsNeedCertificates {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8))
            )
        }
        try await FakeAPIServer.with(tls: try NIOSSLContext(configuration: configuration)) { _, _ in
            .json(["major": "1", "minor": "20", "gitVersion": "v1.20.2"])
        } _: { server in
            try await body(server, KubernetesEndpoint(server: try KubernetesServer(server.address), trust: authority))
        }
    }
}
