import COpenSSL
import HTTPServer
import Testing

/// Resuming sessions, and what a reload changes.
struct TLSSessionTests {
    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func tickets_resumeUntilTheirKeyIsGone(version: Int32) async throws {
        let site = try TestTLSSite()
        let handler: HTTPHandler = { .text("\($0.connection.tls?.isResumed ?? false)") }
        try await withTLSServer(site.configuration, handler: handler) { server, context in
            var options = TestTLSOptions(versions: version...version)
            let first = try await server.connectTLS(options)
            #expect(try await first.get("/").body == "false")
            let session = first.tls?.session

            for _ in 0...2 {
                // The key of the session is the present one, then the one before, then the oldest that is kept.
                options.session = session
                #expect(await server.outcome(options) == "true")
                context.rotateTicketKeys()
            }

            options.session = session
            #expect(await server.outcome(options) == "false")
        }
    }

    @Test func keysThatHaveServedTheirTime_openNothing() async throws {
        var site = try TestTLSSite()
        site.configuration.sessionTickets.rotation = .zero
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions()
            let first = try await server.connectTLS(options)
            #expect(try await first.get("/").status == 200)
            options.session = first.tls?.session

            let second = try await server.connectTLS(options)

            #expect(second.tls?.isResumed == false)
            #expect(try await second.get("/").status == 200)
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func ticketsThatAreOff_areNotGiven(version: Int32) async throws {
        var site = try TestTLSSite()
        site.configuration.sessionTickets.isEnabled = false
        try await withTLSServer(site.configuration) { server, _ in
            var options = TestTLSOptions(versions: version...version)
            let first = try await server.connectTLS(options)
            #expect(try await first.get("/").status == 200)
            options.session = first.tls?.session

            let second = try await server.connectTLS(options)

            #expect(second.tls?.isResumed == false)
        }
    }

    @Test func tickets_surviveAReload() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, context in
            var options = TestTLSOptions()
            let first = try await server.connectTLS(options)
            #expect(try await first.get("/").status == 200)
            options.session = first.tls?.session
            try context.reload()

            let second = try await server.connectTLS(options)

            #expect(second.tls?.isResumed == true)
        }
    }

    @Test func reload_servesTheNewCertificateAndKeepsOldConnections() async throws {
        let site = try TestTLSSite()
        nonisolated(unsafe) let present = site
        try await withTLSServer(site.configuration) { server, context in
            let old = try await server.connectTLS()
            #expect(try await old.get("/").status == 200)
            #expect(try context.reloadIfChanged() == false)

            try present.folder.write("a", try present.authority.server("new.example"))
            #expect(try context.reloadIfChanged() == true)

            let new = try await server.connectTLS()
            #expect(new.tls?.serverCommonName == "new.example")
            #expect(try await new.get("/").status == 200)
            #expect(try await old.get("/").status == 200)
        }
    }

    @Test func brokenFiles_keepWhatWasLoaded() async throws {
        let site = try TestTLSSite()
        nonisolated(unsafe) let present = site
        try await withTLSServer(site.configuration) { server, context in
            // A key that does not belong to the certificate, as in the middle of a renewal.
            let stranger = try present.authority.server("new.example")
            try present.folder.write("a.key", stranger.keyPEM)
            #expect(throws: TLSError.self) { try context.reloadIfChanged() }
            #expect(try context.reloadIfChanged() == false, "told once for each state of the files")

            let client = try await server.connectTLS()
            #expect(client.tls?.serverCommonName == "a.example")

            try present.folder.write("a.pem", stranger.certificatePEM)
            #expect(try context.reloadIfChanged() == true)
            let other = try await server.connectTLS()
            #expect(other.tls?.serverCommonName == "new.example")
        }
    }

    @Test func changedFiles_areNoticed() async throws {
        var site = try TestTLSSite()
        site.configuration.fileCheckInterval = .milliseconds(5)
        nonisolated(unsafe) let present = site
        try await withTLSServer(site.configuration) { server, _ in
            try present.folder.write("a", try present.authority.server("new.example"))

            var name: String?
            while name != "new.example" {
                name = try await server.connectTLS().tls?.serverCommonName
            }
            #expect(server.log.texts.contains { $0.contains("loaded again") })
        }
    }

    @Test func unusableFiles_areNamed() throws {
        let site = try TestTLSSite()
        let missing = TLSConfiguration.Certificate(chainPath: "missing.pem", keyPath: "missing.key")
        let path = site.configuration.certificates[0].chainPath
        let swapped = TLSConfiguration.Certificate(
            chainPath: site.configuration.certificates[0].keyPath,
            keyPath: path
        )

        #expect(throws: TLSError.noCertificate) { try TLSContext(TLSConfiguration(certificates: [])) }
        let first = #expect(throws: TLSError.self) { try TLSContext(TLSConfiguration(certificates: [missing])) }
        #expect(first?.description.contains("missing.pem") == true)
        let second = #expect(throws: TLSError.self) { try TLSContext(TLSConfiguration(certificates: [swapped])) }
        #expect(second?.description.contains("a.key cannot be used") == true)
    }
}
