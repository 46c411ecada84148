import COpenSSL
import EventLoop
import HTTPCore
import HTTPServer
import Testing

/// How encrypted connections begin badly and how they end.
struct TLSClosingTests {
    /// Without patience for handshakes; no handshake succeeds for sure within it.
    private var short: HTTPTimeouts {
        var timeouts = impolite
        timeouts.header = .milliseconds(60)
        return timeouts
    }

    /// Without patience for clients that do not close.
    private var impolite: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        timeouts.linger = .milliseconds(60)
        return timeouts
    }

    @Test func plainRequest_isToldSo() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try server.connect()

            let response = try await client.get("/")

            #expect(response.status == 400)
            #expect(response.body.contains("HTTPS"))
            #expect(response["Connection"] == "close")
        }
    }

    @Test(arguments: [
        [0x00], [0x16, 0x03, 0x01, 0xFF, 0xFF], Array(repeating: 0xAA, count: 5000), [0x80, 0x2E, 0x01],
    ])
    func garbage_isClosed(bytes: [UInt8]) async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration, timeouts: short) { server, _ in
            let client = try server.connect()
            try await client.sendUncoded(bytes)

            _ = try await client.readToEnd()

            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
        }
    }

    @Test func slowHandshake_isClosed() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration, timeouts: short) { server, _ in
            let silent = try server.connect()
            let slow = try server.connect()
            let tls = try TestTLS(TestTLSOptions())
            _ = try tls.handshake()
            try await slow.sendUncoded(Array(tls.takeOutput().prefix(100)))

            #expect(try await silent.readToEnd() == "")
            #expect(try await slow.readToEnd() == "")
        }
    }

    @Test func endInTheHandshake_isNoConnection() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration, timeouts: impolite) { server, _ in
            let client = try server.connect()
            let tls = try TestTLS(TestTLSOptions())
            _ = try tls.handshake()
            // An alert record with `close_notify`, in the clear, in the middle of the handshake.
            try await client.sendUncoded(tls.takeOutput() + [0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 0x00])

            _ = try await client.readToEnd()

            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
        }
    }

    @Test func brokenRecord_endsTheConnection() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration, timeouts: impolite) { server, _ in
            let client = try await server.connectTLS()
            #expect(try await client.get("/").status == 200)
            var record = try client.tls?.encrypt(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) ?? []
            record[record.count - 1] ^= 1

            try await client.sendUncoded(record)

            await #expect(throws: (any Error).self) { try await client.readResponse() }
        }
    }

    @Test func lastResponse_endsWithCloseNotify() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()

            #expect(try await client.get("/", "Connection: close").status == 200)

            #expect(try await client.receive() == false)
            #expect(client.tls?.isEnded == true)
        }
    }

    @Test func cutResponse_hasNoCloseNotify() async throws {
        struct Broken: Error {}
        let site = try TestTLSSite()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("begun")
                    throw Broken()
                }
            )
        }
        try await withTLSServer(site.configuration, handler: handler) { server, _ in
            let client = try await server.connectTLS()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")

            _ = try await client.readToEnd()

            #expect(client.tls?.isEnded == false)
        }
    }

    @Test(arguments: [true, false])
    func clientThatOnlyEndsItsSide_getsItsResponse(saysSo: Bool) async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()
            let tls = try #require(client.tls)
            let request = try tls.encrypt(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8))

            try await client.sendUncoded(request + (saysSo ? tls.end() : []))
            client.finishSending()

            #expect(try await client.readResponse().body == "GET /x ")
            #expect(try await client.receive() == false)
        }
    }

    @Test(arguments: [true, false])
    func contentThatIsCut_isIncomplete(saysSo: Bool) async throws {
        let site = try TestTLSSite()
        let outcome = Signal()
        let handler: HTTPHandler = { request in
            do {
                _ = try await request.body.collect(upTo: 100)
                outcome.send("complete")
            } catch {
                outcome.send("\(error)")
            }
            return .text("")
        }
        try await withTLSServer(site.configuration, handler: handler) { server, _ in
            let client = try await server.connectTLS()
            let tls = try #require(client.tls)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")

            try await client.sendUncoded(saysSo ? tls.end() : [])
            client.finishSending()

            #expect(await outcome.next() == "incomplete")
        }
    }

    @Test func gracefulStop_endsIdleConnectionsWithCloseNotify() async throws {
        let site = try TestTLSSite()
        try await withTLSServer(site.configuration) { server, _ in
            let client = try await server.connectTLS()
            #expect(try await client.get("/").status == 200)

            await server.stopGracefully()

            #expect(try await client.receive() == false)
            #expect(client.tls?.isEnded == true)
        }
    }

    @Test func connectionsBeyondTheLimit_areToldSo() async throws {
        let site = try TestTLSSite()
        var limits = HTTPLimits()
        limits.connectionsMax = 1
        // Who is refused has only so long for its handshake.
        var timeouts = HTTPTimeouts()
        timeouts.linger = .seconds(20)
        try await withTLSServer(site.configuration, limits: limits, timeouts: timeouts) { server, _ in
            let first = try await server.connectTLS()
            #expect(try await first.get("/").status == 200)

            let second = try await server.connectTLS()
            let response = try await second.readResponse()

            #expect(response.status == 503)
            #expect(response["Retry-After"] != nil)
        }
    }
}
