import EventLoop
@testable import HTTPServer
import Testing

struct ConnectionInfoTests {
    @Test func behindProxy_keepsTheProxysCertificateFromItsClients() {
        let certificate = TLSClientCertificate(subject: "CN=proxy", issuer: "CN=authority")
        let tls = TLSSessionInfo(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", client: certificate)
        let direct = HTTPConnectionInfo(peer: SocketAddress(host: "10.0.0.1", port: 1), isSecure: true, tls: tls)

        let forwarded = direct.behindProxy(client: SocketAddress(host: "192.0.2.1", port: 0), isSecure: true, host: nil)

        #expect(direct.tls?.client?.issuer == "CN=authority")
        #expect(forwarded.tls?.version == "TLSv1.3")
        #expect(forwarded.tls?.client == nil)
    }
}
