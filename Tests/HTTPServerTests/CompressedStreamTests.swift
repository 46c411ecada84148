import HTTPCore
import HTTPServer
import Testing

/// Compression of streamed content.
struct CompressedStreamTests {
    private static func csv(_ body: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) -> HTTPResponse {
        HTTPResponse(headers: ["Content-Type": "text/csv; charset=utf-8", "ETag": "\"1\""], body: .stream(body))
    }

    @Test func export_isCompressedAsAWhole() async throws {
        let handler: HTTPHandler = { _ in
            Self.csv { writer in
                for number in 0..<20_000 { try await writer.write("vc-\(number),acme,Running,\(number * 7)\n") }
            }
        }
        let expected = (0..<20_000).map { "vc-\($0),acme,Running,\($0 * 7)\n" }.joined()
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            let response = try await client.get("/", "Accept-Encoding: gzip")

            #expect(response["Content-Encoding"] == "gzip" && response["Transfer-Encoding"] == "chunked")
            #expect(response["Vary"] == "Accept-Encoding" && response["ETag"] == "\"1-gzip\"")
            #expect(String(decoding: try Gunzip.decode(response.content), as: UTF8.self) == expected)
            // Row by row it would be larger than the rows.
            #expect(response.content.count < expected.utf8.count / 3)
            #expect(try await client.get("/").body == expected)
        }
    }

    @Test func onePieceOfAnySize_isCompressed() async throws {
        let text = sampleText(1_000_000)
        try await withServer(handler: { _ in Self.csv { try await $0.write(text) } }) { server in
            let client = try server.connect()

            #expect(try await Gunzip.decode(client.get("/", "Accept-Encoding: gzip").content) == text)
            try await client.send("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
            #expect(try await Gunzip.decode(client.readResponse().content) == text)
        }
    }

    @Test func emptyStream_isValid() async throws {
        try await withServer(handler: { _ in Self.csv { _ in } }) { server in
            let client = try server.connect()

            #expect(try await Gunzip.decode(client.get("/", "Accept-Encoding: gzip").content) == [])
        }
    }

    /// The first text is readable while the stream goes on: after the pause, or at once when an empty piece says so.
    @Test(arguments: [true, false])
    func pause_bringsWhatWasHeldBack(_ isFlushed: Bool) async throws {
        var timeouts = HTTPTimeouts()
        timeouts.compressedPause = isFlushed ? .seconds(600) : .milliseconds(10)
        let goOn = Signal()
        let handler: HTTPHandler = { _ in
            Self.csv { writer in
                try await writer.write("first\n")
                if isFlushed { try await writer.write([]) }
                _ = await goOn.next()
                try await writer.write("second\n")
            }
        }
        try await withServer(timeouts: timeouts, handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
            _ = try await client.read(through: "\r\n\r\n")

            while Gunzip.decodeBeginning(client.received) != Array("first\n".utf8) { try await client.receive() }
            goOn.send()

            #expect(try await Gunzip.decode(client.readBytesToEnd()) == Array("first\nsecond\n".utf8))
        }
    }

    @Test func events_areNotHeldBack() async throws {
        let goOn = Signal()
        let handler: HTTPHandler = { _ in
            .events { writer in
                try await writer.send(ServerSentEvent(data: String(repeating: "x", count: 5000)))
                _ = await goOn.next()
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")

            let head = try await client.read(through: "\r\n\r\n")
            _ = try await client.read(through: "xxx\n\n")
            goOn.send()

            #expect(!head.contains("Content-Encoding"))
        }
    }

    @Test func streamThatIsCutOff_givesItsCompressorBack() async throws {
        var limits = HTTPLimits()
        limits.compressorsMax = 1
        let ended = Signal()
        let handler: HTTPHandler = { request in
            Self.csv { writer in
                try await writer.write(sampleText(200_000))
                guard request.path == "/endless" else { return }
                do {
                    while true { try await writer.write(sampleText(100_000)) }
                } catch {
                    ended.send()
                    throw error
                }
            }
        }
        try await withServer(limits: limits, handler: handler) { server in
            let first = try server.connect(receiveBufferBytes: 4096)
            try await first.send("GET /endless HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            #expect(try await first.read(through: "\r\n\r\n").contains("Content-Encoding: gzip"))
            let second = try server.connect()
            let plain = try await second.get("/", "Accept-Encoding: gzip")
            #expect(plain["Content-Encoding"] == nil && plain["ETag"] == "\"1\"")
            #expect(plain.content == sampleText(200_000))

            first.reset()
            _ = await ended.next()
            // The signal comes before the end of the stream's task; the next request is answered after it.
            _ = try await second.get("/")

            let coded = try await second.get("/", "Accept-Encoding: gzip")
            #expect(try Gunzip.decode(coded.content) == sampleText(200_000))
        }
    }

    @Test func failureInTheMiddle_isNotACompleteAnswer() async throws {
        struct Broken: Error {}
        let handler: HTTPHandler = { _ in
            Self.csv { writer in
                try await writer.write("begun")
                throw Broken()
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")

            #expect(try await !client.readToEnd().hasSuffix("0\r\n\r\n"))
        }
    }

    /// Pieces of several tasks are mixed in some order, each of them whole.
    @Test func concurrentWrites_stayWhole() async throws {
        let handler: HTTPHandler = { _ in
            Self.csv { writer in
                await withTaskGroup { group in
                    for number in 0..<8 {
                        group.addTask {
                            let line = String(repeating: "\(number)", count: 50_000) + "\n"
                            try? await writer.write(line)
                        }
                    }
                }
            }
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()

            let content = try await Gunzip.decode(client.get("/", "Accept-Encoding: gzip").content)

            let lines = Set(String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init))
            #expect(lines == Set((0..<8).map { String(repeating: "\($0)", count: 50_000) }))
        }
    }
}
