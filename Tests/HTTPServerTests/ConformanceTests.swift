import HTTPCore
import HTTPServer
import Testing

/// The table of HTTPCoreTests over real sockets: what is refused is answered once, and nothing behind it ever is.
struct ConformanceTests {
    private static let behind = "GET /behind HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Answers with the request as the table writes it.
    private static let handler: HTTPHandler = { request in
        let content = try await request.body.collect(upTo: 8 << 20)
        return .text(FramingCase.summary(request.head, content))
    }

    @Test(arguments: FramingCase.groups.map(\.key), [false, true])
    func server_readsAsTheTableSays(_ group: String, isBytewise: Bool) async throws {
        let examples = try #require(FramingCase.groups.first { $0.key == group }?.value)
        try await withServer(handler: Self.handler) { server in
            for example in examples where !isBytewise || example.input.count <= 400 {
                let client = try server.connect()
                try await Self.send(example, through: client, isBytewise: isBytewise)
                try await Self.check(example, through: client)
                client.close()
            }
            #expect(server.log.errors.isEmpty)
        }
    }

    /// What a handler leaves unread is read away by the server, which must not find requests in it either.
    @Test(arguments: FramingCase.groups.map(\.key))
    func server_findsNoRequestInUnreadContent(_ group: String) async throws {
        let examples = try #require(FramingCase.groups.first { $0.key == group }?.value)
        try await withServer(handler: { .text("target \($0.head.target.raw)") }) { server in
            for example in examples {
                let client = try server.connect()
                try await Self.send(example, through: client, isBytewise: false)

                let answers = try await client.readToEnd()
                #expect(!answers.contains("target /behind"), "\(example)")
                #expect(!answers.contains("target /smuggled"), "\(example)")
                client.close()
            }
        }
    }

    /// Sends a case and, if it is to be refused, a request that must never be seen.
    private static func send(_ example: FramingCase, through client: RawClient, isBytewise: Bool) async throws {
        let bytes = example.input + (example.error == nil ? [] : Array(behind.utf8))
        if isBytewise {
            for byte in bytes { try await client.send([byte]) }
        } else {
            try await client.send(bytes)
        }
        client.finishSending()
    }

    private static func check(_ example: FramingCase, through client: RawClient) async throws {
        for request in example.requests {
            let response = try await nextResponse(client)
            #expect(response.status == 200, "\(example)")
            #expect(response.body == request, "\(example)")
            if response["Connection"] == "close" { break }
        }
        if let error = example.error {
            let response = try await nextResponse(client)
            #expect(response.status == error.status.code, "\(example)")
            #expect(response["Connection"] == "close", "\(example)")
        }
        // A request whose content never comes may be told so; it is not served.
        let rest = try await client.readToEnd()
        #expect(rest.isEmpty || example.error == nil && rest.hasPrefix("HTTP/1.1 4"), "\(example): \(rest)")
    }

    /// The next response that is not 100 (Continue).
    private static func nextResponse(_ client: RawClient) async throws -> RawResponse {
        while true {
            let response = try await client.readResponse()
            if response.status != 100 { return response }
        }
    }
}
