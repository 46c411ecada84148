import Dispatch
import EventLoop
import HTTPCore
import HTTPServer
import Logging
import ServiceLifecycle
import Testing

/// The graceful stop, the end of its patience, and failures to start.
struct StopTests {
    /// Leaves idle connections no time for a last request.
    private var hasty: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        timeouts.idleGrace = .zero
        return timeouts
    }

    @Test func requestInFlight_finishesAndItsConnectionCloses() async throws {
        let (begun, goOn) = (Signal(), Signal())
        let handler: HTTPHandler = { _ in
            begun.send()
            _ = await goOn.next()
            return .text("done")
        }
        try await withServer(timeouts: hasty, handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await begun.next()
            let idle = try server.connect()

            await server.stopGracefully()
            // The idle connection closes when the stop has reached the loop.
            #expect(try await idle.readToEnd() == "")
            goOn.send()
            let response = try await client.readResponse()

            #expect(response.body == "done")
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    /// Regression: an idle connection was closed at once, perhaps under a request that was on its way.
    @Test func idleConnection_mayHaveALastRequest() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/").status == 200)
            await server.stopGracefully()
            while (try? server.connect()) != nil { try await server.pause(for: .milliseconds(1)) }

            // The stop reaches the loop a moment after the listener: requests before that are not the last.
            var last = try await client.get("/last")
            while last["Connection"] != "close" { last = try await client.get("/last") }

            #expect(last.body == "GET /last ")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func idleConnections_closeAndTheListenerToo() async throws {
        try await withServer(timeouts: hasty, loops: 2, handler: echo) { server in
            let clients = try (0..<4).map { _ in try server.connect() }
            for client in clients { #expect(try await client.get("/").status == 200) }

            await server.stopGracefully()

            for client in clients { #expect(try await client.readToEnd() == "") }
            #expect(throws: SocketError.self) { _ = try server.connect() }
        }
    }

    /// Regression: closing the listening socket reset whoever had connected and was not accepted yet.
    @Test func connectionsInTheKernelsQueue_areServed() async throws {
        let (begun, gate) = (Signal(), DispatchSemaphore(value: 0))
        let handler: HTTPHandler = { request in
            guard request.path == "/block" else { return .text("served") }
            begun.send()
            // Keeps the only loop from accepting, as a busy machine would.
            gate.wait()
            return .text("blocked")
        }
        try await withServer(handler: handler) { server in
            let blocking = try server.connect()
            try await blocking.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await begun.next()
            let waiting = try (0..<3).map { _ in try server.connect() }
            for client in waiting { try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }

            await server.stopGracefully()
            gate.signal()

            for client in waiting { #expect(try await client.readToEnd().hasSuffix("served")) }
        }
    }

    @Test func events_endCompletely() async throws {
        let begun = Signal()
        let handler: HTTPHandler = { _ in
            .events { writer in
                try await writer.send(ServerSentEvent(data: "x"))
                begun.send()
                try await Task.sleep(for: .seconds(600))
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.read(through: "data: x\n\n\r\n")
            _ = await begun.next()

            await server.stopGracefully()

            #expect(try await client.readToEnd() == "0\r\n\r\n")
        }
    }

    @Test func download_finishes() async throws {
        let (begun, goOn) = (Signal(), Signal())
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("a")
                    begun.send()
                    _ = await goOn.next()
                    try await writer.write("b")
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await begun.next()

            await server.stopGracefully()
            goOn.send()

            #expect(try await client.readToEnd().hasSuffix("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"))
        }
    }

    @Test func handlerThatTakesTooLong_isCutOff() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.grace = .milliseconds(30)
        let (begun, cancelled) = (Signal(), Signal())
        let handler: HTTPHandler = { _ in
            begun.send()
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                cancelled.send("cancelled")
            }
            return .text("late")
        }
        try await withServer(timeouts: timeouts, handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await begun.next()

            await server.stopGracefully()

            #expect(await cancelled.next() == "cancelled")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func usedPort_isAnErrorThatNamesTheCall() async throws {
        try await withServer(handler: echo) { server in
            let group = try EventLoopGroup(loops: 1)
            let configuration = HTTPServerConfiguration(port: server.port)
            let second = HTTPServer(
                configuration: configuration,
                group: group,
                logger: Logger(label: "t"),
                handler: echo
            )

            let error = await #expect(throws: SocketError.self) { try await second.run() }
            await #expect(throws: SocketError.self) { _ = try await second.waitUntilBound() }

            #expect(error?.description.hasPrefix("bind failed") == true)
            await group.shutdown()
        }
    }

    @Test func stopUnderLoad_losesNoAnswer() async throws {
        try await withServer(loops: 2, handler: echo) { server in
            let clients = try (0..<50).map { _ in try server.connect() }
            for client in clients { #expect(try await client.get("/").status == 200) }
            for client in clients { try await client.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n") }

            await server.stopGracefully()

            for client in clients {
                let response = try await client.readResponse()
                #expect(response.body == "GET /last ")
            }
        }
    }
}
