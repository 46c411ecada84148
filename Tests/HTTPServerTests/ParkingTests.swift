import EventLoop
import HTTPCore
import HTTPServer
import Testing

/// Idle connections that wait without a task behave as those with one do.
struct ParkingTests {
    private var crowded: HTTPLimits {
        var limits = HTTPLimits()
        limits.unparkedConnectionsMax = 0
        return limits
    }

    @Test func parkedConnections_areServedAgainAndAgain() async throws {
        try await withServer(limits: crowded, loops: 2, handler: echo) { server in
            let clients = try (0..<8).map { _ in try server.connect() }
            for round in 0..<20 {
                for client in clients { #expect(try await client.get("/\(round)").body == "GET /\(round) ") }
            }
        }
    }

    @Test func parkedConnection_takesARequestInPieces() async throws {
        try await withServer(limits: crowded, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/first").status == 200)

            for byte in "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok".utf8 {
                try await client.send([byte])
            }

            #expect(try await client.readResponse().body == "POST /x ok")
        }
    }

    @Test func parkedConnection_isClosedWhenItsTimeIsOver() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.idle = .milliseconds(50)
        try await withServer(limits: crowded, timeouts: timeouts, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/").status == 200)

            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func parkedConnection_isClosedByTheStop() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.idleGrace = .zero
        try await withServer(limits: crowded, timeouts: timeouts, loops: 2, handler: echo) { server in
            let clients = try (0..<8).map { _ in try server.connect() }
            for client in clients { #expect(try await client.get("/").status == 200) }

            await server.stopGracefully()

            for client in clients { #expect(try await client.readToEnd() == "") }
        }
    }

    @Test func parkedConnections_endWithTheServer() async throws {
        var clients: [RawClient] = []
        try await withServer(limits: crowded, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/").status == 200)
            clients.append(client)
            // The server is cancelled, not stopped, when this returns, and waits for its connections.
        }
        #expect(clients.count == 1)
    }

    @Test func parkedConnection_noticesThatItsClientLeaves() async throws {
        try await withServer(limits: crowded, handler: echo) { server in
            let (leaving, staying) = (try server.connect(), try server.connect())
            for client in [leaving, staying] { #expect(try await client.get("/").status == 200) }

            leaving.reset()

            while server.server.connectionCount > 1 { #expect(try await staying.get("/").status == 200) }
        }
    }

    @Test func parkedConnections_noticeThatManyClientsLeaveAtOnce() async throws {
        try await withServer(limits: crowded, loops: 2, handler: echo) { server in
            let staying = try server.connect()
            let leaving = try (0..<64).map { _ in try server.connect() }
            for client in leaving + [staying] { #expect(try await client.get("/").status == 200) }

            for client in leaving { client.close() }

            while server.server.connectionCount > 1 { #expect(try await staying.get("/").status == 200) }
        }
    }

    @Test func parkedConnection_answersARequestBehindWhichItsClientIsDone() async throws {
        try await withServer(limits: crowded, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/first").status == 200)

            try await client.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()

            #expect(try await client.readToEnd().hasSuffix("GET /last "))
        }
    }
}
