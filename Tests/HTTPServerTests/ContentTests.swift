import HTTPCore
import HTTPServer
import Testing

/// Request content: lengths, chunks, 100-continue, limits, and content that nobody reads.
struct ContentTests {
    @Test func lengthAndChunks_reachTheHandler() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try await client.readResponse().body == "POST /a hello")

            try await client.send("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            try await client.send("2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
            #expect(try await client.readResponse().body == "POST /b abcde")
        }
    }

    @Test func content_arrivesInPieces() async throws {
        let handler: HTTPHandler = { request in
            var sizes: [Int] = []
            for try await piece in request.body { sizes.append(piece.count) }
            return .text("\(sizes.reduce(0, +)) \(sizes.allSatisfy { $0 > 0 })")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            let content = [UInt8](repeating: 0x61, count: 300_000)

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n")
            try await client.send(content)

            #expect(try await client.readResponse().body == "300000 true")
        }
    }

    @Test func expectation_isAnsweredWhenTheHandlerReads() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await client.readResponse().status == 100)
            try await client.send("ab")

            #expect(try await client.readResponse().body == "POST / ab")
            #expect(try await client.get("/next").status == 200)
        }
    }

    @Test func expectation_isNotAnsweredWhenTheHandlerRefuses() async throws {
        try await withServer(handler: { _ in .text("no", status: .forbidden) }) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            let response = try await client.readResponse()

            #expect(response.status == 403)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func unknownExpectation_is417() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            let response = try await client.get("/", "Expect: 42")

            #expect(response.status == 417)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func unreadContent_isDrainedWithinTheBound() async throws {
        var limits = HTTPLimits()
        limits.drainBytesMax = 1000
        try await withServer(limits: limits, handler: { _ in .text("done") }) { server in
            let client = try server.connect()
            let content = String(repeating: "x", count: 1000)

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + content)
            #expect(try await client.readResponse()["Connection"] == nil)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + content)
            try await client.send("\r\n0\r\n\r\n")
            #expect(try await client.readResponse()["Connection"] == nil)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + content + "y")
            #expect(try await client.readResponse()["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func unreadEndlessContent_closes() async throws {
        var limits = HTTPLimits()
        limits.drainBytesMax = 1000
        try await withServer(limits: limits, handler: { _ in .text("done") }) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "400\r\n" + String(repeating: "x", count: 1024) + "\r\n"
            #expect(try await client.readResponse().body == "done")
            try await client.send(chunk + chunk)

            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func largeContent_is413BeforeItIsSent() async throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 10
        try await withServer(limits: limits, handler: echo) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            #expect(try await client.readResponse().status == 413)
            #expect(try await client.readToEnd() == "")

            let second = try server.connect()
            try await second.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n")
            let response = try await second.readResponse()
            #expect(response.status == 413)
            #expect(response["Connection"] == "close")
            #expect(try await second.readToEnd() == "")
        }
    }

    @Test func handlersOwnBound_is413AndTheConnectionSurvivesSmallContent() async throws {
        try await withServer(handler: { try await .text("\($0.body.collect(upTo: 3).count)") }) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd")
            #expect(try await client.readResponse().status == 413)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try await client.readResponse().body == "3")
        }
    }

    @Test func brokenChunk_is400AndCloses() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n")
            try await client.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.readResponse()

            #expect(response.status == 400)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func contentCutOff_isAnErrorForTheHandler() async throws {
        let seen = Signal()
        let handler: HTTPHandler = { request in
            do {
                _ = try await request.body.collect(upTo: 100)
                seen.send("complete")
            } catch {
                seen.send("\(error)")
            }
            return .text("x")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            client.finishSending()

            #expect(await seen.next() == "incomplete")
        }
    }

    @Test func request_canBeReadFromAnotherTask() async throws {
        let handler: HTTPHandler = { request in
            let content = try await Task.detached { try await request.body.collect(upTo: 100) }.value
            return .bytes(content, contentType: "text/plain")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")
            try await client.send("c")

            #expect(try await client.readResponse().body == "abc")
        }
    }

    @Test func keptRequest_cannotReadTheNextOne() async throws {
        let (goOn, results) = (Signal(), Signal())
        let handler: HTTPHandler = { request in
            if request.path == "/keep" {
                Task {
                    _ = await goOn.next()
                    do {
                        results.send("\(try await request.body.collect(upTo: 10).count)")
                    } catch {
                        results.send("\(error)")
                    }
                }
            }
            return .text(request.path)
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try await client.readResponse().body == "/keep")
            try await client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")

            goOn.send()

            #expect(await results.next() == "unavailable")
            try await client.send("abc")
            #expect(try await client.readResponse().body == "/b")
        }
    }
}
