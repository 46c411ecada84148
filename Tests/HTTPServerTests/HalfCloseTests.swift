import EventLoop
import HTTPCore
import HTTPServer
import Testing

/// Clients that close their sending side, and what the kernel still holds for clients that do not read.
struct HalfCloseTests {
    private static func pieces(_ goOn: Signal, _ ended: Signal? = nil) -> HTTPHandler {
        { _ in
            HTTPResponse(
                body: .stream { writer in
                    do {
                        try await writer.write("a")
                        for letter in ["b", "c"] {
                            _ = await goOn.next()
                            try Task.checkCancellation()
                            try await writer.write(letter)
                        }
                    } catch {
                        ended?.send("\(type(of: error))")
                        throw error
                    }
                }
            )
        }
    }

    @Test func halfClosedClient_getsTheWholeStream() async throws {
        let goOn = Signal()
        try await withServer(handler: Self.pieces(goOn)) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            _ = try await client.read(through: "a\r\n")
            // Long enough for the server to have seen the end.
            try await server.pause(for: .milliseconds(20))

            goOn.send()
            _ = try await client.read(through: "b\r\n")
            goOn.send()

            #expect(try await client.readToEnd() == "1\r\nc\r\n0\r\n\r\n")
        }
    }

    @Test func halfClosedClient_isNotWaitedForInSilence() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.halfClosed = .milliseconds(40)
        let (goOn, ended) = (Signal(), Signal())
        try await withServer(timeouts: timeouts, handler: Self.pieces(goOn, ended)) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()

            #expect(await ended.next() == "CancellationError")
            _ = try await client.readToEnd()
        }
    }

    @Test func halfClosedClient_getsALargeResponse() async throws {
        let content = [UInt8](repeating: 0x61, count: 3_000_000)
        try await withServer(handler: { _ in .bytes(content, contentType: "text/plain") }) { server in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()

            #expect(try await client.readResponse().body.utf8.count == content.count)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func eventsOfAClientThatLeft_endAtOnce() async throws {
        let (begun, ended) = (Signal(), Signal())
        let handler: HTTPHandler = { _ in
            .events { _ in
                begun.send()
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    ended.send("\(type(of: error))")
                    throw error
                }
            }
        }
        try await withServer(handler: handler) { server in
            for leave in [RawClient.close, RawClient.reset] {
                let client = try server.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await begun.next()

                leave(client)()

                #expect(await ended.next() == "CancellationError")
            }
        }
    }

    /// The kernel has taken the response, so the server waits for the next request; without a look at what the client
    /// took, the bytes would stay in the kernel long after the connection is closed.
    @Test func responseThatIsNeverRead_isDroppedAtTheEnd() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.idle = .milliseconds(40)
        timeouts.write = .milliseconds(40)
        timeouts.linger = .milliseconds(20)
        let content = [UInt8](repeating: 0x61, count: 100_000)
        try await withServer(timeouts: timeouts, handler: { _ in .bytes(content, contentType: "text/plain") }) {
            server in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.read(through: "200 OK")
            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }

            #expect(try await client.readToEnd().utf8.count < content.count)
        }
    }

    @Test func steadyReader_isServedHoweverTheKernelGathers() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.write = .milliseconds(150)
        timeouts.bytesPerSecondMin = 10_000
        let content = [UInt8](repeating: 0x61, count: 600_000)
        try await withServer(timeouts: timeouts, handler: { _ in .bytes(content, contentType: "text/plain") }) {
            server in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // Slower than the kernel's own idea of progress, faster than the bound.
            for _ in 0..<40 {
                try await server.pause(for: .milliseconds(20))
                try await client.receive()
            }

            #expect(try await client.readResponse().body.utf8.count == content.count)
        }
    }
}
