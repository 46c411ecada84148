import HTTPCore
import HTTPServer
import Testing

/// Every answer can be named in a conversation with whoever runs the server, also those that no handler wrote.
struct RequestIDTests {
    private static let refused: [(input: String, status: Int, reason: HTTPRefusal)] = [
        ("nonsense\r\n\r\n", 400, .malformed),
        ("GET / HTTP/1.1\r\n\r\n", 400, .malformed),
        ("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nBad Name: x\r\n\r\n", 400, .malformed),
        ("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\n", 414, .targetTooLong),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n", 431, .headersTooLarge),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, .unsupported),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, .unsupported),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417, .unsupported),
    ]

    @Test func refusals_haveAnIDAndAreCounted() async throws {
        let statistics = HTTPServerStatistics()
        try await withServer(configure: { $0.statistics = statistics }, handler: echo) { server in
            var ids: Set<String> = []
            for (input, status, _) in Self.refused {
                let client = try server.connect()
                try await client.send(input)
                let response = try await client.readResponse()

                #expect(response.status == status, "\(input.prefix(60))")
                let id = try #require(response["X-Request-Id"], "\(status)")
                #expect(id != "mine", "the fields of a request that cannot be read mean nothing")
                ids.insert(id)
            }
            #expect(ids.count == Self.refused.count)
            for (reason, count) in statistics.refusals {
                #expect(count == UInt64(Self.refused.count { $0.reason == reason }), "\(reason)")
            }
        }
    }

    @Test func lateHead_hasAnIDAndIsCounted() async throws {
        let statistics = HTTPServerStatistics()
        var timeouts = HTTPTimeouts()
        timeouts.header = .milliseconds(50)
        try await withServer(timeouts: timeouts, configure: { $0.statistics = statistics }, handler: echo) { server in
            let client = try server.connect()
            try await client.send("GET / HT")

            let response = try await client.readResponse()

            #expect(response.status == 408)
            #expect(response["X-Request-Id"] != nil)
            #expect(statistics.refusals.first { $0.reason == .timeout }?.count == 1)
        }
    }

    @Test func contentThatCannotBeRead_keepsTheIDOfItsRequest() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            )

            let response = try await client.readResponse()

            #expect(response.status == 400)
            #expect(response["X-Request-Id"] == "mine")
        }
    }

    @Test func connectionsThatNeverBegin_areCounted() async throws {
        let statistics = HTTPServerStatistics()
        try await withServer(
            configure: {
                $0.statistics = statistics
                $0.listeners[0].acceptsProxyProtocol = true
            },
            handler: echo
        ) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")

            #expect(try await client.readToEnd().isEmpty)

            #expect(statistics.refusals.first { $0.reason == .proxyHeader }?.count == 1)
        }
    }

    @Test func requests_areNotCountedAsRefused() async throws {
        let statistics = HTTPServerStatistics()
        try await withServer(configure: { $0.statistics = statistics }, handler: echo) { server in
            let client = try server.connect()

            #expect(try await client.get("/").status == 200)

            #expect(statistics.refusals.allSatisfy { $0.count == 0 })
            #expect(statistics.refusals.count == HTTPRefusal.allCases.count)
        }
    }
}
