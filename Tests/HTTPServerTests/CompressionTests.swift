import HTTPCore
import HTTPServer
import Testing

/// Compression of content in memory.
struct CompressionTests {
    private static func page(_ count: Int = 5000, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        var response = HTTPResponse.bytes(sampleText(count), contentType: "text/html; charset=utf-8")
        for field in headers { response.headers.set(field.name, field.value) }
        return response
    }

    @Test(arguments: [1024, 5000, 32 * 1024, 32 * 1024 + 1, 100_000, 700_000])
    func content_survivesCompression(_ count: Int) async throws {
        try await withServer(handler: { _ in Self.page(count) }) { server in
            let client = try server.connect()

            let response = try await client.get("/", "Accept-Encoding: gzip, deflate, br, zstd")
            let plain = try await client.get("/")

            #expect(response["Content-Encoding"] == "gzip" && response["Vary"] == "Accept-Encoding")
            #expect(response.content.count < count / 2)
            #expect(response["Content-Length"] == "\(response.content.count)")
            #expect(try Gunzip.decode(response.content) == sampleText(count))
            #expect(plain["Content-Encoding"] == nil && plain["Vary"] == "Accept-Encoding")
            #expect(plain.content == sampleText(count))
        }
    }

    @Test func coding_followsTheWeights() async throws {
        try await withServer(handler: { _ in Self.page() }) { server in
            let client = try server.connect()
            for (accepted, isCoded) in [
                ("gzip", true), ("x-gzip", true), ("GZIP;q=1.0", true), ("*", true), ("identity, gzip", true),
                ("br, gzip;q=0.2", true), ("identity;q=0.5, *;q=0.6", true), ("identity;q=0, gzip;q=0.001", true),
                ("", false), ("br", false), ("gzip;q=0", false), ("*;q=0", false), ("gzip;q=0, *", false),
                ("identity;q=1, gzip;q=0.9", false), ("identity;q=0, gzip;q=0", false), ("gzipped", false),
            ] {
                let response = try await client.get("/", "Accept-Encoding: \(accepted)")
                #expect((response["Content-Encoding"] == "gzip") == isCoded, "\(accepted)")
                #expect(response["Vary"] == "Accept-Encoding")
            }
            let twoLines = try await client.get("/", "Accept-Encoding: br", "Accept-Encoding: gzip")
            #expect(twoLines["Content-Encoding"] == "gzip")
        }
    }

    @Test func someContent_isNeverCompressed() async throws {
        let responses: [(String, HTTPResponse)] = [
            ("small", Self.page(1023)),
            ("image", Self.page(5000, ["Content-Type": "image/png"])),
            ("font", Self.page(5000, ["Content-Type": "font/woff2"])),
            ("archive", Self.page(5000, ["Content-Type": "application/zip"])),
            ("coded", Self.page(5000, ["Content-Encoding": "br"])),
            ("fixed", Self.page(5000, ["Cache-Control": "private, No-Transform"])),
            ("part", { HTTPResponse(status: .partialContent, headers: $0.headers, body: $0.body) }(Self.page())),
            ("untyped", HTTPResponse(body: .bytes(sampleText(5000)))),
            (
                "secret",
                {
                    var response = $0
                    response.compression = .never
                    return response
                }(Self.page())
            ),
            ("nothing", HTTPResponse(status: .noContent)),
        ]
        let table = Dictionary(uniqueKeysWithValues: responses)
        try await withServer(handler: { table[String($0.path.dropFirst())] ?? .text("?") }) { server in
            let client = try server.connect()
            for (name, response) in responses {
                let received = try await client.get("/\(name)", "Accept-Encoding: gzip")
                #expect(received["Content-Encoding"] == response.headers["Content-Encoding"], "\(name)")
                #expect(received["Vary"] == nil, "\(name)")
                #expect(received.status == response.status.code)
                #expect(try await received.content == response.body.collect(), "\(name)")
            }
        }
    }

    @Test(arguments: ["Accept-Encoding: gzip", "Accept-Encoding: identity"])
    func head_hasTheFieldsOfGet(_ accepted: String) async throws {
        let handler: HTTPHandler = { request in
            switch request.path {
            case "/stream":
                HTTPResponse(
                    headers: ["Content-Type": "text/csv", "ETag": "\"1\""],
                    body: .stream { try await $0.write("a,b\n") }
                )
            case "/small": .text("small")
            default: Self.page(5000, ["ETag": "\"1\""])
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            for path in ["/", "/stream", "/small"] {
                let get = try await client.get(path, accepted)
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\(accepted)\r\n\r\n")
                let head = try await client.readResponse(isHead: true)

                // RFC 9110 section 9.3.2: framing that is only known with the content may be left out.
                let ignored: Set = ["date", "x-request-id", "transfer-encoding"]
                let expected = get.headers.filter { !ignored.contains($0.name.lowercased()) }
                let received = head.headers.filter { !ignored.contains($0.name.lowercased()) }
                #expect(received.map(\.name) == expected.map(\.name) && received.map(\.value) == expected.map(\.value))
            }
        }
    }

    @Test func oldClient_getsItToo() async throws {
        try await withServer(handler: { _ in Self.page() }) { server in
            let client = try server.connect()

            try await client.send("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")

            #expect(try await Gunzip.decode(client.readResponse().content) == sampleText(5000))
        }
    }

    @Test func pipelinedResponses_stayInOrder() async throws {
        let handler: HTTPHandler = { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return .bytes(sampleText(number.isMultiple(of: 2) ? 90_000 : 100, seed: number), contentType: "text/plain")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            for number in 0..<8 {
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            }
            for number in 0..<8 {
                let content = try await client.readResponse().content
                let text = number.isMultiple(of: 2) ? try Gunzip.decode(content) : content
                #expect(text == sampleText(number.isMultiple(of: 2) ? 90_000 : 100, seed: number))
            }
        }
    }

    @Test func manyClients_getTheirOwnContent() async throws {
        let handler: HTTPHandler = { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return .bytes(sampleText(40_000 + number, seed: number), contentType: "text/html")
        }
        var limits = HTTPLimits()
        limits.compressorsMax = 3
        try await withServer(limits: limits, loops: 2, handler: handler) { server in
            let clients = try (0..<40).map { _ in try server.connect() }
            for (number, client) in clients.enumerated() {
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            }
            for (number, client) in clients.enumerated() {
                let response = try await client.readResponse()
                // Beyond the limit content is sent as it is.
                let isCoded = response["Content-Encoding"] == "gzip"
                let text = isCoded ? try Gunzip.decode(response.content) : response.content
                #expect(text == sampleText(40_000 + number, seed: number))
            }
        }
    }

    @Test func withoutCompressors_contentIsSentAsItIs() async throws {
        var limits = HTTPLimits()
        limits.compressorsMax = 0
        try await withServer(limits: limits, handler: { _ in Self.page(5000, ["ETag": "\"1\""]) }) { server in
            let client = try server.connect()

            let response = try await client.get("/", "Accept-Encoding: gzip")

            #expect(response["Content-Encoding"] == nil && response["Vary"] == "Accept-Encoding")
            #expect(response["ETag"] == "\"1\"" && response.content == sampleText(5000))
        }
    }
}

/// Entity tags and conditions of compressed content.
struct CodedTagTests {
    /// Answers as an API does that knows nothing of codings.
    private static func handler(_ tag: EntityTag) -> HTTPHandler {
        { request in
            if request.method == .put {
                return .text(request.ifMatch ?? "none")
            }
            var response = HTTPResponse.bytes(sampleText(5000), contentType: "application/json")
            response.headers.set("ETag", tag.description)
            if Preconditions.evaluate(request.head, tag: tag) == .notModified {
                response.status = .notModified
                response.body = .empty
            }
            return response
        }
    }

    @Test func strongTag_differsByCodingAndStillMatches() async throws {
        try await withServer(handler: Self.handler(EntityTag("7"))) { server in
            let client = try server.connect()
            let gzip = "Accept-Encoding: gzip"

            #expect(try await client.get("/")["ETag"] == "\"7\"")
            #expect(try await client.get("/", gzip)["ETag"] == "\"7-gzip\"")

            let same = try await client.get("/", gzip, "If-None-Match: \"7-gzip\"")
            #expect(same.status == 304 && same["ETag"] == "\"7-gzip\"" && same["Vary"] == "Accept-Encoding")
            let plain = try await client.get("/", "If-None-Match: \"7\"")
            #expect(plain.status == 304 && plain["ETag"] == "\"7\"" && plain["Vary"] == "Accept-Encoding")
            // The copy without a coding is as good for a client that would take a compressed one.
            let kept = try await client.get("/", gzip, "If-None-Match: \"7\"")
            #expect(kept.status == 304 && kept["ETag"] == "\"7\"")
            // The compressed copy is of no use for a client that does not take the coding.
            #expect(try await client.get("/", "If-None-Match: \"7-gzip\"").status == 200)
            #expect(try await client.get("/", gzip, "If-None-Match: \"6-gzip\"").status == 200)
        }
    }

    @Test func weakTag_holdsForAllCodings() async throws {
        try await withServer(handler: Self.handler(EntityTag("7", isWeak: true))) { server in
            let client = try server.connect()

            #expect(try await client.get("/", "Accept-Encoding: gzip")["ETag"] == "W/\"7\"")
            let same = try await client.get("/", "Accept-Encoding: gzip", "If-None-Match: W/\"7\"")
            #expect(same.status == 304 && same["ETag"] == "W/\"7\"")
        }
    }

    @Test func ifMatch_reachesTheHandlerAsItsOwnTag() async throws {
        try await withServer(handler: Self.handler(EntityTag("7"))) { server in
            let client = try server.connect()
            for (sent, seen) in [
                ("If-Match: \"7-gzip\"", "\"7\""), ("If-Match: \"7\", W/\"8-gzip\"", "\"7\", W/\"8-gzip\""),
                ("If-Match: *", "*"), ("X: y", "none"),
            ] {
                try await client.send("PUT / HTTP/1.1\r\nHost: a\r\n\(sent)\r\n\r\n")
                #expect(try await client.readResponse().body == seen)
            }
        }
    }
}
