import COpenSSL
import HTTPServer
import Testing

/// What is agreed in a handshake, and with whom.
struct TLSHandshakeTests {
    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func modernVersions_areServed(version: Int32) async throws {
        let site = try TestTLSSite()
        let handler: HTTPHandler = { request in
            let tls = request.connection.tls
            return .text("\(request.connection.scheme) \(tls?.version ?? "-") \(tls?.serverName ?? "-")")
        }
        try await withTLSServer(site.configuration, handler: handler) { server, _ in
            var options = TestTLSOptions(serverName: "a.example")
            options.versions = version...version

            let client = try await server.connectTLS(options)

            let expected = version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"
            #expect(try await client.get("/").body == "https \(expected) a.example")
            #expect(try await client.get("/").status == 200)
            #expect(client.tls?.chosenProtocol == "http/1.1")
        }
    }

    @Test(arguments: [TLS1_VERSION, TLS1_1_VERSION])
    func oldVersions_areRefused(version: Int32) async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions()
            options.versions = version...version

            #expect(await server.outcome(options).contains("alert protocol version"))
        }
    }

    @Test func smallestVersion_canBe13() async throws {
        var site = try TestTLSSite()
        site.configuration.versionMin = .tls13
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions()
            options.versions = TLS1_2_VERSION...TLS1_2_VERSION

            #expect(await server.outcome(options).contains("alert protocol version"))
            let tls = try await server.agreement()
            #expect(tls.version == "TLSv1.3")
        }
    }

    @Test(arguments: ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "AES128-SHA"])
    func oldSuites_areRefused(suite: String) async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions()
            options.versions = TLS1_2_VERSION...TLS1_2_VERSION
            options.suites = suite

            #expect(await server.outcome(options).contains("alert handshake failure"))
        }
    }

    @Test func serverOrder_choosesTheSuite() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions()
            options.versions = TLS1_2_VERSION...TLS1_2_VERSION
            options.suites = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"

            let tls = try await server.agreement(options)
            #expect(tls.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256")
        }
    }

    @Test func otherProtocols_areRefused() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            #expect(await server.outcome(TestTLSOptions(protocols: ["h2"])).contains("no application protocol"))
            #expect(await server.outcome(TestTLSOptions(protocols: [])) == "GET / ")
            let client = try await server.connectTLS(TestTLSOptions(protocols: ["h2", "http/1.1"]))
            #expect(client.tls?.chosenProtocol == "http/1.1")
        }
    }

    @Test func serverName_choosesTheCertificate() async throws {
        var site = try TestTLSSite()
        let other = try site.authority.server("b.example", "*.b.example", "www.a.example")
        site.configuration.certificates.append(try site.folder.write("b", other))
        try await withTLSServer(site.configuration) { server, _ in
            let expectations = [
                (nil, "a.example"), ("a.example", "a.example"), ("A.Example", "a.example"),
                ("x.a.example", "a.example"),
                ("b.example", "b.example"), ("x.b.example", "b.example"), ("www.a.example", "b.example"),
                ("x.y.b.example", "a.example"), ("unknown.example", "a.example"),
            ]
            for (name, expected) in expectations {
                let client = try await server.connectTLS(TestTLSOptions(serverName: name))
                #expect(client.tls?.serverCommonName == expected, "\(name ?? "none")")
                #expect(try await client.get("/").status == 200)
            }
        }
    }

    @Test func keysOfTwoKinds_areOfferedForOneName() async throws {
        var site = try TestTLSSite()
        let other = try site.authority.server("a.example", "*.a.example", keyKind: .rsa)
        site.configuration.certificates.append(try site.folder.write("rsa", other))
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions(serverName: "a.example")
            options.versions = TLS1_2_VERSION...TLS1_2_VERSION
            options.suites = "ECDHE-RSA-AES128-GCM-SHA256"
            let tls = try await server.agreement(options)
            #expect(tls.serverKeyKind == EVP_PKEY_RSA)
            options.suites = "ECDHE-ECDSA-AES128-GCM-SHA256"
            let other = try await server.agreement(options)
            #expect(other.serverKeyKind == EVP_PKEY_EC)
        }
    }

    @Test func manyHandshakesAtOnce_haveTheirTurns() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let clients = try (0..<40).map { _ in try server.connect() }
            let sides = try clients.map { client in
                let tls = try TestTLS(TestTLSOptions())
                _ = try tls.handshake()
                return (client, tls)
            }
            // All of them at once: the server sees forty first messages before it has answered one.
            for (client, tls) in sides { try await client.sendUncoded(tls.takeOutput()) }

            for (client, tls) in sides {
                while try await !tls.handshake(client.receiveUncoded()) {}
                try await client.sendUncoded(tls.takeOutput())
                client.tls = tls
                #expect(try await client.get("/").status == 200)
            }
        }
    }

    @Test func handshake_mayComeByteByByte() async throws {
        var site = try TestTLSSite()
        try site.checkClients()
        let identity = try site.authority.client("alice")
        try await withTLSServer(site.configuration) { server, _ in
            let client = try server.connect()

            try await client.startTLS(TestTLSOptions(identity: identity), pieceBytes: 1)
            let request = try client.tls?.encrypt(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) ?? []
            try await client.sendUncoded(request, pieceBytes: 1)

            #expect(try await client.readResponse().body == "GET /x ")
        }
    }
}
