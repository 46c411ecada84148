import COpenSSL
import EventLoop
import HTTPCore
import HTTPServer
import Testing

/// What a connection carries once it is encrypted.
struct TLSStreamTests {
    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func largeContent_goesBothWays(version: Int32) async throws {
        let site = try TestTLSSite()
        let size = 3_000_000
        // Before there is a connection, which would not wait for it for long.
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) % 64 + 32 }
        var limits = HTTPLimits()
        limits.bodyBytesMax = Int64(size)
        let handler: HTTPHandler = { request in
            let body = try await request.body.collect(upTo: size)
            return .bytes(body, contentType: "text/plain")
        }
        try await withTLSServer(site.configuration, limits: limits, handler: handler) { server, _ in
            let client = try await server.connectTLS(TestTLSOptions(versions: version...version))

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            try await client.send(content)
            let response = try await client.readResponse()

            #expect(response.body == String(decoding: content, as: UTF8.self))
            #expect(try await client.get("/").body == "")
        }
    }

    @Test func file_isSentEncrypted() async throws {
        let site = try TestTLSSite()
        let text = String(repeating: "0123456789abcdef\n", count: 60_000)
        try site.folder.write("large.txt", text)
        let files = try StaticFiles(root: site.folder.path)
        let handler: HTTPHandler = { request in
            await files.response(for: request, path: request.path) ?? HTTPResponse(status: .notFound)
        }
        try await withTLSServer(site.configuration, handler: handler) { server, _ in
            let client = try await server.connectTLS()

            #expect(try await client.get("/large.txt").body == text)
            #expect(try await client.get("/large.txt", "Range: bytes=17-33").body == "0123456789abcdef\n")
        }
    }

    @Test func slowReader_getsEverything() async throws {
        let site = try TestTLSSite()
        let content = [UInt8](repeating: 0x61, count: 2 << 20)
        try await withTLSServer(
            site.configuration,
            handler: { _ in .bytes(content, contentType: "text/plain") }
        ) { server, _ in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.startTLS()

            #expect(try await client.get("/").body.utf8.count == content.count)
            #expect(try await client.get("/").body.utf8.count == content.count)
        }
    }

    @Test func clientThatDoesNotRead_isCutOff() async throws {
        let site = try TestTLSSite()
        var timeouts = HTTPTimeouts()
        timeouts.write = .milliseconds(40)
        timeouts.linger = .milliseconds(40)
        let content = [UInt8](repeating: 0x61, count: 16 << 20)
        let asked = Signal()
        let handler: HTTPHandler = { _ in
            asked.send()
            return .bytes(content, contentType: "text/plain")
        }
        try await withTLSServer(site.configuration, timeouts: timeouts, handler: handler) { server, _ in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.startTLS()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await asked.next()

            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
        }
    }

    @Test func pipelinedRequests_areAnsweredInOrder() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()
            let requests = (0..<500).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()

            try await client.send(requests)

            for number in 0..<500 {
                #expect(try await client.readResponse().body == "GET /\(number) ")
            }
        }
    }

    /// Several records in one packet, split at every byte over the handshake's end and the requests.
    @Test func records_mayComeByteByByte() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()
            let tls = try #require(client.tls)
            var bytes: [UInt8] = []
            for piece in ["POST /x HTTP/1.1\r\nHo", "st: a\r\nContent-Length: 4\r\n\r\nab", "cd"] {
                bytes += try tls.encrypt(Array(piece.utf8))
            }

            try await client.sendUncoded(bytes, pieceBytes: 1)

            #expect(try await client.readResponse().body == "POST /x abcd")
        }
    }

    @Test func requestWithTheLastHandshakeMessage_isServed() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try server.connect()
            let tls = try TestTLS(TestTLSOptions())
            _ = try tls.handshake()
            try await client.sendUncoded(tls.takeOutput())
            var isDone = false
            while !isDone { isDone = try await tls.handshake(client.receiveUncoded()) }

            let finished = tls.takeOutput()
            try await client.sendUncoded(finished + tls.encrypt(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8)))
            client.tls = tls

            #expect(try await client.readResponse().body == "GET /x ")
        }
    }

    @Test func idleConnections_mayWaitWithoutATask() async throws {
        let site = try TestTLSSite()
        var limits = HTTPLimits()
        limits.unparkedConnectionsMax = 0
        try await withTLSServer(site.configuration, limits: limits) { server, _ in
            let client = try await server.connectTLS()
            for _ in 0..<3 {
                #expect(try await client.get("/x").body == "GET /x ")
                try await client.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\nGET /z HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.readResponse().body == "GET /y ")
                #expect(try await client.readResponse().body == "GET /z ")
            }
        }
    }

    @Test func events_areSentAsTheyCome() async throws {
        let site = try TestTLSSite()
        let goOn = Signal()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .events(
                    EventStream { writer in
                        for number in 0..<3 {
                            try await writer.send(ServerSentEvent(data: "\(number)"))
                            _ = await goOn.next()
                        }
                    }
                )
            )
        }
        try await withTLSServer(site.configuration, handler: handler) { server, _ in
            let client = try await server.connectTLS()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            for number in 0..<3 {
                #expect(try await client.read(through: "data: \(number)\n\n").contains("data: \(number)"))
                goOn.send()
            }
            #expect(try await client.read(through: "0\r\n\r\n") != "")
        }
    }

    @Test func keyUpdates_areFollowed() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()
            let tls = try #require(client.tls)
            for _ in 0..<5 {
                try await client.sendUncoded(tls.updateKeys())
                #expect(try await client.get("/").status == 200)
            }
        }
    }

    @Test func renegotiation_isRefused() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS(TestTLSOptions(versions: TLS1_2_VERSION...TLS1_2_VERSION))
            let tls = try #require(client.tls)
            #expect(try await client.get("/").status == 200)

            try await client.sendUncoded(tls.renegotiate())

            let answer = try await client.receiveUncoded()
            #expect(throws: TestTLS.Failure.self) {
                if answer.isEmpty { throw TestTLS.Failure(description: "closed") }
                guard try !tls.handshake(answer) else { return }
                throw TestTLS.Failure(description: "still waiting")
            }
        }
    }
}
