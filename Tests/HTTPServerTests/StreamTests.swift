import HTTPCore
import HTTPServer
import Testing

/// Streamed responses and event streams.
struct StreamTests {
    @Test func stream_isChunked() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("one")
                    try await writer.write([])
                    try await writer.write("two")
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            let response = try await client.get("/")

            #expect(response["Transfer-Encoding"] == "chunked")
            #expect(response.body == "onetwo")
            #expect(try await client.get("/").body == "onetwo")
        }
    }

    @Test func stream_endsByClosingForVersion10() async throws {
        let handler: HTTPHandler = { _ in HTTPResponse(body: .stream { try await $0.write("abc") }) }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let response = try await client.readResponse()

            #expect(response["Connection"] == "close")
            #expect(response["Transfer-Encoding"] == nil)
            #expect(response.body == "abc")
        }
    }

    @Test func stream_isNotRunForHead() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(body: .stream { _ in Issue.record("the content of a HEAD was made") })
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.readResponse(isHead: true)

            #expect(response["Content-Length"] == nil && response["Transfer-Encoding"] == nil)
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.readResponse(isHead: true).status == 200)
        }
    }

    @Test func emptyStream_isComplete() async throws {
        try await withServer(handler: { _ in HTTPResponse(body: .stream { _ in }) }) { server in
            let client = try server.connect()

            #expect(try await client.get("/").body == "")
        }
    }

    @Test func failureBeforeTheFirstPiece_is500() async throws {
        struct Broken: Error {}
        try await withServer(handler: { _ in HTTPResponse(body: .stream { _ in throw Broken() }) }) { server in
            let client = try server.connect()

            #expect(try await client.get("/").status == 500)
            #expect(try await client.get("/").status == 500)
        }
    }

    @Test func failureAfterTheFirstPiece_cutsTheResponse() async throws {
        struct Broken: Error {}
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("begun")
                    throw Broken()
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = try await client.readToEnd()

            #expect(!text.hasSuffix("0\r\n\r\n"))
            #expect(server.log.errors.contains { $0.contains("Broken") })
        }
    }

    @Test func stream_hasBackPressure() async throws {
        let stalled = Signal()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    let piece = [UInt8](repeating: 0x61, count: 64 * 1024)
                    for number in 0..<1000 {
                        let write = Task { try await writer.write(piece) }
                        if number == 400 { stalled.send("too far") }
                        try await write.value
                    }
                    stalled.send("done")
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect(receiveBufferBytes: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.read(through: "\r\n\r\n")

            // 25 MB are far beyond the socket buffers: the writer can only get there when the client reads.
            try await client.receive()
            client.reset()

            #expect(server.log.errors.isEmpty)
        }
    }

    @Test func clientThatLeaves_cancelsTheStream() async throws {
        let ended = Signal()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("x")
                    do {
                        try await Task.sleep(for: .seconds(600))
                    } catch {
                        ended.send("\(type(of: error))")
                        throw error
                    }
                }
            )
        }
        var timeouts = HTTPTimeouts()
        // A client that closed looks half-closed until something is written to it.
        timeouts.halfClosed = .milliseconds(20)
        try await withServer(timeouts: timeouts, handler: handler) { server in
            for leave in [RawClient.close, RawClient.reset] {
                let client = try server.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.read(through: "x\r\n")

                leave(client)()

                #expect(await ended.next() == "CancellationError")
            }
            #expect(server.log.errors.isEmpty)
        }
    }

    @Test func concurrentWrites_doNotMix() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for letter in ["a", "b", "c", "d"] {
                            group.addTask { try await writer.write(String(repeating: letter, count: 200_000)) }
                        }
                        try await group.waitForAll()
                    }
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect(receiveBufferBytes: 4096)

            let body = try await client.get("/").body

            #expect(body.utf8.count == 800_000)
            var changes = 0
            for (first, second) in zip(body.utf8, body.utf8.dropFirst()) where first != second { changes += 1 }
            #expect(changes == 3)
        }
    }

    @Test func requestContent_canBeReadWhileStreaming() async throws {
        let handler: HTTPHandler = { request in
            HTTPResponse(
                body: .stream { writer in
                    for try await piece in request.body { try await writer.write(piece) }
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(try await client.readResponse().status == 100)

            try await client.send("ab")
            _ = try await client.read(through: "2\r\nab\r\n")
            try await client.send("cd")

            #expect(try await client.read(through: "0\r\n\r\n") == "2\r\ncd\r\n0\r\n\r\n")
        }
    }

    @Test func events_areSentWithHeartbeats() async throws {
        let goOn = Signal()
        let handler: HTTPHandler = { _ in
            .events(heartbeat: .milliseconds(20)) { writer in
                _ = await goOn.next()
                try await writer.send(ServerSentEvent(id: "1", event: "change", data: "a\nb"))
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try await client.read(through: "\r\n\r\n")
            #expect(head.contains("Content-Type: text/event-stream\r\n"))

            _ = try await client.read(through: "3\r\n:\n\n\r\n")
            _ = try await client.read(through: "3\r\n:\n\n\r\n")
            goOn.send()

            #expect(try await client.read(through: "0\r\n\r\n").contains("id: 1\nevent: change\ndata: a\ndata: b\n\n"))
        }
    }

    @Test func writerKeptTooLong_isRefused() async throws {
        let (kept, results) = (Signal(), Signal())
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                body: .stream { writer in
                    try await writer.write("x")
                    Task {
                        _ = await kept.next()
                        do {
                            try await writer.write("late")
                        } catch {
                            results.send("\(error)")
                        }
                    }
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            #expect(try await client.get("/").body == "x")

            kept.send()

            #expect(await results.next() == "ended")
            #expect(try await client.get("/").body == "x")
        }
    }
}
