import Testing

@testable import PortalHosts

struct ServerAddressTests {
    private let complete = ServerAddress(
        template: "https://{name}.{namespace}.example:{nodePort}/x",
        ingressHost: "acme.example",
        loadBalancerHost: "203.0.113.7",
        nodePort: 30443,
        nodePortHost: "10.0.0.1",
        release: "acme",
        namespace: "team"
    )

    @Test func url_prefersWhatIsConfigured() {
        #expect(complete.url == "https://acme.team.example:30443/x")
    }

    @Test func url_fallsBackStepByStep() {
        var address = complete
        address.template = nil
        #expect(address.url == "https://acme.example")
        address.ingressHost = nil
        #expect(address.url == "https://203.0.113.7:443")
        address.loadBalancerHost = nil
        #expect(address.url == "https://10.0.0.1:30443")
        #expect(address.isOutside)
        address.nodePortHost = nil
        #expect(address.url == "https://acme.team:443")
        #expect(!address.isOutside)
    }

    @Test func url_skipsATemplateWhoseNodePortIsMissing() {
        var address = complete
        address.nodePort = nil
        #expect(address.url == "https://acme.example")
    }

    @Test func url_bracketsIPv6() {
        let address = ServerAddress(nodePort: 30443, nodePortHost: "fd00::1", release: "acme", namespace: "team")
        #expect(address.url == "https://[fd00::1]:30443")
    }

    @Test(arguments: [
        ("https://{name}.example:{nodePort}", "acme.example"),
        ("https://{name}-{namespace}.example", "acme-team.example"),
        ("https://[fd00::1]:{nodePort}", "fd00::1"),
    ])
    func host_isTheNameForTheCertificate(template: String, expected: String) {
        #expect(ServerAddress.host(ofTemplate: template, release: "acme", namespace: "team") == expected)
    }
}
