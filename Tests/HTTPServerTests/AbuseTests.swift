import HTTPCore
import HTTPServer
import Testing

/// Clients that leave in every state, and that send anything, while a normal one is served.
struct AbuseTests {
    private static let inputs = [
        "", "G", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "GET /events HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /stream HTTP/1.0\r\n\r\n", "\0\0\0\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    private static let handler: HTTPHandler = { request in
        switch request.path {
        case "/stream":
            return HTTPResponse(
                body: .stream { writer in
                    for _ in 0..<100 { try await writer.write([UInt8](repeating: 0x61, count: 10_000)) }
                }
            )
        case "/events":
            return .events(heartbeat: .milliseconds(10)) { writer in
                while true {
                    try await writer.send(ServerSentEvent(data: "x"))
                    await Task.yield()
                }
            }
        case "/large":
            return .bytes([UInt8](repeating: 0x62, count: 3_000_000), contentType: "text/plain")
        default:
            return .text("\(try await request.body.collect(upTo: 1000).count)")
        }
    }

    @Test(arguments: 0..<4)
    func clientsThatLeave_harmNobody(_ seed: Int) async throws {
        try await withServer(loops: 2, handler: Self.handler) { server in
            let normal = try server.connect()
            for (number, input) in (0..<6).flatMap({ round in Self.inputs.map { (round + seed, $0) } }).enumerated() {
                let client = try server.connect(receiveBufferBytes: 4096)
                try await client.send(input.1)
                switch (number + input.0) % 4 {
                case 0: client.reset()
                case 1: client.close()
                case 2:
                    client.finishSending()
                    _ = try? await client.receive()
                    client.reset()
                default:
                    if !input.1.hasPrefix("\0"), input.1.hasSuffix("\r\n\r\n") { _ = try? await client.receive() }
                    client.close()
                }
                if number % 7 == 0 { #expect(try await normal.get("/").body == "0") }
            }
            // All of them end; only the normal one stays.
            while server.server.connectionCount > 1 { try await server.pause(for: .milliseconds(5)) }
            #expect(try await normal.get("/").body == "0")
            #expect(server.log.errors.isEmpty)
        }
    }

    @Test func endlessHandler_doesNotStopOthers() async throws {
        let handler: HTTPHandler = { request in
            if request.path == "/endless" { while !Task.isCancelled { await Task.yield() } }
            return .text("ok")
        }
        var timeouts = HTTPTimeouts()
        timeouts.grace = .milliseconds(20)
        try await withServer(timeouts: timeouts, handler: handler) { server in
            let busy = try server.connect()
            try await busy.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")

            let client = try server.connect()
            for _ in 0..<20 { #expect(try await client.get("/").body == "ok") }

            await server.stopGracefully()
            #expect(try await busy.readToEnd() == "")
        }
    }
}
