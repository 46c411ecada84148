import COpenSSL
import HTTPServer
import Testing

/// Who is let in by a certificate, in both versions of TLS.
struct TLSClientCertificateTests {
    static let versions = [TLS1_2_VERSION, TLS1_3_VERSION]

    private let whoami: HTTPHandler = { request in
        guard let client = request.connection.tls?.client else { return .text("nobody") }
        return .text("\(client.subject) \(client.commonName ?? "-") \(client.dnsNames) \(client.uris) \(client.emails)")
    }

    private func options(_ version: Int32, _ identity: TestIdentity?) -> TestTLSOptions {
        TestTLSOptions(versions: version...version, identity: identity)
    }

    @Test(arguments: versions)
    func names_reachTheHandler(version: Int32) async throws {
        var site = try TestTLSSite()
        try site.checkClients()
        let identity = try site.authority.client("alice", "DNS:alice.example", "URI:spiffe://a/b", "email:a@b.example")
        try await withTLSServer(site.configuration, handler: whoami) { [options] server, _ in
            let expected = "CN=alice alice [\"alice.example\"] [\"spiffe://a/b\"] [\"a@b.example\"]"
            #expect(await server.outcome(options(version, identity)) == expected)
        }
    }

    @Test(arguments: versions)
    func missingCertificate_isRefusedOnlyIfRequired(version: Int32) async throws {
        var site = try TestTLSSite()
        try site.checkClients()
        try await withTLSServer(site.configuration, handler: whoami) { [options] server, _ in
            let expected = version == TLS1_3_VERSION ? "alert certificate required" : "alert handshake failure"
            #expect(await server.outcome(options(version, nil)).contains(expected))
        }

        try site.checkClients(isRequired: false)
        try await withTLSServer(site.configuration, handler: whoami) { [options] server, _ in
            #expect(await server.outcome(options(version, nil)) == "nobody")
        }
    }

    @Test(arguments: versions, [true, false])
    func certificatesThatDoNotHold_areRefused(version: Int32, isRequired: Bool) async throws {
        var site = try TestTLSSite()
        let revoked = try site.authority.client("mallory")
        try site.checkClients(isRequired: isRequired, revocationList: try site.authority.revocationList(revoked))
        let stranger = try TestAuthority("Test authority").client("alice")
        let refusals = [
            (try site.authority.client("late", validFor: -60), "alert certificate expired"),
            (revoked, "alert certificate revoked"),
            (stranger, "alert"),
            (try TestAuthority("Another").client("alice"), "alert unknown ca"),
            (try site.authority.server("alice.example"), "alert"),
        ]
        let good = try site.authority.client("alice")
        nonisolated(unsafe) let identities = (good: good, refusals: refusals)
        try await withTLSServer(site.configuration) { [options] server, _ in
            for (identity, alert) in identities.refusals {
                let outcome = await server.outcome(options(version, identity))
                #expect(outcome.contains(alert), "\(outcome)")
            }
            #expect(await server.outcome(options(version, identities.good)) == "GET / ")
        }
    }

    @Test(arguments: versions)
    func certificateNotYetValid_isRefused(version: Int32) async throws {
        var site = try TestTLSSite()
        try site.checkClients()
        let early = try site.authority.issue(
            .init(name: "early", purpose: .clientAuth, validFrom: 600, validFor: 3600)
        )
        try await withTLSServer(site.configuration) { [options] server, _ in
            #expect(await server.outcome(options(version, early)).contains("alert bad certificate"))
        }
    }

    @Test(arguments: versions)
    func identitiesThatAreNotAllowed_areRefused(version: Int32) async throws {
        var site = try TestTLSSite()
        let allowed = ["dns:*.agents.example", "uri:spiffe://site/ns/*", "cn:root", "email:a@b.example"]
        try site.checkClients(allowed: allowed)
        let good = [
            try site.authority.client("1", "DNS:one.agents.example"),
            try site.authority.client("2", "URI:spiffe://site/ns/portal"),
            try site.authority.client("root", "DNS:x.example"),
            try site.authority.client("4", "DNS:x.example", "email:A@b.example"),
        ]
        let bad = [
            try site.authority.client("1", "DNS:one.agents.example.org"),
            try site.authority.client("1", "DNS:agents.example"),
            try site.authority.client("1", "DNS:a.b.agents.example"),
            try site.authority.client("2", "URI:spiffe://elsewhere/ns/portal"),
            try site.authority.client("roots", "DNS:root"),
        ]
        nonisolated(unsafe) let identities = (good: good, bad: bad)
        try await withTLSServer(site.configuration) { [options] server, _ in
            for identity in identities.good {
                #expect(await server.outcome(options(version, identity)) == "GET / ")
            }
            for identity in identities.bad {
                #expect(await server.outcome(options(version, identity)).contains("alert bad certificate"))
            }
        }
    }

    @Test func missingOrExpiredRevocationList_refuses() async throws {
        var site = try TestTLSSite()
        let good = try site.authority.client("alice")
        try site.checkClients(revocationList: try TestAuthority("Another").revocationList())
        try await withTLSServer(site.configuration) { server, _ in
            #expect(await server.outcome(TestTLSOptions(identity: good)).contains("alert"))
        }

        try site.checkClients(revocationList: try site.authority.revocationList(validFor: -60))
        try await withTLSServer(site.configuration) { server, _ in
            #expect(await server.outcome(TestTLSOptions(identity: good)).contains("alert"))
        }
    }

    @Test(arguments: versions)
    func newRevocationList_endsResumption(version: Int32) async throws {
        var site = try TestTLSSite()
        try site.checkClients(revocationList: try site.authority.revocationList())
        let identity = try site.authority.client("alice")
        nonisolated(unsafe) let (sitePresent, alice) = (site, identity)
        try await withTLSServer(site.configuration, handler: whoami) { [options] server, context in
            let first = try await server.connectTLS(options(version, alice))
            #expect(try await first.get("/").body.contains("CN=alice"))
            var resuming = options(version, alice)
            resuming.session = first.tls?.session
            let second = try await server.connectTLS(resuming)
            #expect(second.tls?.isResumed == true)
            #expect(try await second.get("/").body.contains("CN=alice"))

            try sitePresent.folder.write("crl.pem", try sitePresent.authority.revocationList(alice))
            try context.reload()
            resuming.session = second.tls?.session

            #expect(await server.outcome(resuming).contains("alert certificate revoked"))
        }
    }

    @Test func oddNames_areReadWithCare() throws {
        #expect(TLSClientPattern("dns:") == nil)
        #expect(TLSClientPattern("ip:10.0.0.1") == nil)
        #expect(TLSClientPattern("alice") == nil)
        let pattern = try #require(TLSClientPattern("uri:https://a.example:8443/x"))
        #expect(pattern.description == "uri:https://a.example:8443/x")
        #expect(pattern.matches(TLSClientCertificate(subject: "", uris: ["https://a.example:8443/x"])))
        #expect(!pattern.matches(TLSClientCertificate(subject: "", uris: ["https://a.example:8443/xy"])))
    }
}
