import HTTPCore
import HTTPServer
import Testing

/// Slow clients: each bound of time is short here, and the end of the connection is what is waited for.
struct TimeoutTests {
    private var short: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        timeouts.header = .milliseconds(40)
        timeouts.idle = .milliseconds(40)
        timeouts.body = .milliseconds(40)
        timeouts.write = .milliseconds(40)
        timeouts.linger = .milliseconds(40)
        return timeouts
    }

    @Test func slowHead_is408() async throws {
        try await withServer(timeouts: short, handler: echo) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost")

            let response = try await client.readResponse()

            #expect(response.status == 408)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func silentClient_isClosedWithoutAWord() async throws {
        try await withServer(timeouts: short, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.readToEnd() == "")

            let second = try server.connect()
            #expect(try await second.get("/").status == 200)
            #expect(try await second.readToEnd() == "")
        }
    }

    @Test func slowContent_is408() async throws {
        try await withServer(timeouts: short, handler: echo) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")

            let response = try await client.readResponse()

            #expect(response.status == 408)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func slowHandler_isNotHeldAgainstTheClient() async throws {
        let goOn = Signal()
        let handler: HTTPHandler = { request in
            _ = await goOn.next()
            return try await .text("\(request.body.collect(upTo: 10).count)")
        }
        try await withServer(timeouts: short, handler: handler) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")

            // Longer than every bound, then the content is there at once.
            try await server.pause(for: .milliseconds(120))
            goOn.send()

            #expect(try await client.readResponse().body == "3")
        }
    }

    @Test func clientThatDoesNotRead_isCutOff() async throws {
        let content = [UInt8](repeating: 0x61, count: 16 << 20)
        let (ended, asked) = (Signal(), Signal())
        let handler: HTTPHandler = { request in
            if request.path == "/stream" {
                return HTTPResponse(
                    body: .stream { writer in
                        do {
                            while true { try await writer.write([UInt8](repeating: 0x62, count: 65_536)) }
                        } catch {
                            ended.send("\(error)")
                            throw error
                        }
                    }
                )
            }
            asked.send()
            return .bytes(content, contentType: "text/plain")
        }
        try await withServer(timeouts: short, handler: handler) { server in
            let stream = try server.connect(receiveBufferBytes: 4096)
            try await stream.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await ended.next() == "timedOut")

            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // Not before the connection is accepted: until then there is none to wait for.
            _ = await asked.next()
            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
            #expect(try await client.readToEnd().utf8.count < content.count)
        }
    }
}
