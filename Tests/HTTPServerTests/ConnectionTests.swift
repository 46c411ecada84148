import HTTPCore
import HTTPServer
import Testing

/// Persistence, pipelining, HEAD, HTTP/1.0, refusals and limits of connections.
struct ConnectionTests {
    @Test func pipelinedRequests_areAnsweredInOrder() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send((0..<200).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())

            for number in 0..<200 {
                #expect(try await client.readResponse().body == "GET /\(number) ")
            }
        }
    }

    @Test func pipelinedResponse_isSentBeforeASlowHandlerEnds() async throws {
        let goOn = Signal()
        let handler: HTTPHandler = { request in
            if request.path == "/slow" { _ = await goOn.next() }
            return .text(request.path)
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("GET /fast HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n")

            #expect(try await client.readResponse().body == "/fast")
            goOn.send()
            #expect(try await client.readResponse().body == "/slow")
        }
    }

    @Test func response_isSentToAClientThatEndsInTheMiddleOfItsNextRequest() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HT")
            client.finishSending()

            #expect(try await client.readResponse().body == "GET /1 ")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func bytewiseRequest_isServed() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            for byte in "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n".utf8
            {
                try await client.send([byte])
            }

            #expect(try await client.readResponse().body == "POST /x z")
        }
    }

    @Test func close_isHonoured() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            let response = try await client.get("/", "Connection: x, Close")

            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func handler_canClose() async throws {
        let handler: HTTPHandler = { _ in HTTPResponse(headers: ["Connection": "close"]) }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            #expect(try await client.get("/")["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func head_hasTheLengthAndNoContent() async throws {
        try await withServer(handler: { _ in .text("hello") }) { server in
            let client = try server.connect()

            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.readResponse(isHead: true)

            #expect(response["Content-Length"] == "5")
            #expect(try await client.get("/").body == "hello")
        }
    }

    @Test func version10_closesUnlessAsked() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let kept = try await client.readResponse()
            #expect(kept["Connection"] == "keep-alive")
            #expect(kept["Content-Length"] == "6")

            try await client.send("GET /b HTTP/1.0\r\n\r\n")
            #expect(try await client.readResponse()["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("BREW\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET /" + String(repeating: "a", count: 9000), 414), ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nA: " + String(repeating: "b", count: 20_000), 431),
    ])
    func malformedRequest_isRefusedAndTheConnectionCloses(_ input: String, _ status: Int) async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send(input + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.readResponse()

            #expect(response.status == status)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func throwingHandler_is500AndHarmsNobody() async throws {
        struct Broken: Error {}
        let handler: HTTPHandler = { request in
            if request.path == "/broken" { throw Broken() }
            return .text("ok")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            let response = try await client.get("/broken", "X-Request-Id: r-7")

            #expect(response.status == 500)
            #expect(!response.body.contains("Broken"))
            #expect(try await client.get("/").body == "ok")
            #expect(server.log.errors.contains { $0.contains("Broken") && $0.contains("r-7") })
        }
    }

    @Test func requestIDs_areUniqueAndHarmless() async throws {
        try await withServer(handler: { .text($0.id) }) { server in
            let client = try server.connect()

            let first = try await client.get("/")
            let second = try await client.get("/", "X-Request-Id: a<b>")

            #expect(first.body == first["X-Request-Id"])
            #expect(second.body != "a<b>" && second.body != first.body)
        }
    }

    @Test func headerValues_cannotSplitTheResponse() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(headers: ["Location": "/a\r\nSet-Cookie: x=y", "Bad Name": "z", "Content-Length": "99"])
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            let response = try await client.get("/")

            #expect(response["Location"] == "/a  Set-Cookie: x=y")
            #expect(response["Content-Length"] == "0")
            #expect(!response.names.contains("set-cookie") && !response.names.contains("bad name"))
        }
    }

    @Test func requestsPerConnection_areBounded() async throws {
        var limits = HTTPLimits()
        limits.requestsPerConnectionMax = 2
        try await withServer(limits: limits, handler: echo) { server in
            let client = try server.connect()

            #expect(try await client.get("/1")["Connection"] == nil)
            #expect(try await client.get("/2")["Connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func connections_areBoundedAndRecover() async throws {
        var limits = HTTPLimits()
        limits.connectionsMax = 2
        try await withServer(limits: limits, loops: 2, handler: echo) { server in
            let first = try server.connect()
            let second = try server.connect()
            #expect(try await first.get("/").status == 200)
            #expect(try await second.get("/").status == 200)

            let third = try server.connect()
            let refusal = try await third.readResponse()
            #expect(refusal.status == 503)
            #expect(refusal["Retry-After"] == "1")
            third.close()

            first.close()
            // The server learns of the free place by itself; until then a try is refused.
            for _ in 0..<1000 {
                let next = try server.connect()
                try? await next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                if try await next.readResponse().status == 200 { return }
                next.close()
            }
            Issue.record("no connection was accepted again")
        }
    }

    @Test func largeResponse_survivesASlowReader() async throws {
        let content = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) & 0x3F | 0x40 }
        try await withServer(handler: { _ in .bytes(content, contentType: "text/plain") }) { server in
            let client = try server.connect(receiveBufferBytes: 4096)

            let response = try await client.get("/")

            #expect(Array(response.body.utf8) == content)
            #expect(try await client.get("/").body.utf8.count == content.count)
        }
    }

    @Test func halfClosedClient_getsItsAnswer() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            try await client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()

            #expect(try await client.readResponse().body == "GET /a ")
            #expect(try await client.readResponse().body == "GET /b ")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func remoteAddress_isThePeers() async throws {
        try await withServer(handler: { .text($0.remoteAddress) }) { server in
            let client = try server.connect()

            #expect(try await client.get("/", "X-Forwarded-For: 9.9.9.9").body == "127.0.0.1")
        }
    }
}
