import HTTPCore
import HTTPServer
import Synchronization
import Testing

/// The message types without a server.
struct MessageTests {
    @Test func make_appliesTheServersRules() async throws {
        let request = try HTTPRequest.make(.post, "/a%20b?c=d", headers: ["X-Request-Id": "id-1"], body: [1, 2])

        #expect(request.path == "/a b" && request.queryItems.first(named: "c") == "d" && request.id == "id-1")
        #expect(request.headers["Host"] == "localhost")
        #expect(try await request.body.collect(upTo: 2) == [1, 2])
        await #expect(throws: HTTPBodyError.tooLarge) { try await request.body.collect(upTo: 1) }
        #expect(throws: HTTPParseError.invalidTarget) { try HTTPRequest.make(.get, "/%zz") }
        #expect(throws: HTTPParseError.invalidTarget) { try HTTPRequest.make(.get, "a") }
    }

    @Test func body_givesItsBytesOnce() async throws {
        var iterator = HTTPRequestBody([1, 2]).makeAsyncIterator()
        #expect(try await iterator.next() == [1, 2])
        #expect(try await iterator.next() == nil)
        var empty = HTTPRequestBody().makeAsyncIterator()
        #expect(try await empty.next() == nil)
        #expect(HTTPRequestBody().isEmpty && HTTPRequestBody([1]).length == 1)
    }

    @Test func responseBody_canBeCollected() async throws {
        #expect(try await HTTPResponseBody.empty.collect() == [])
        #expect(try await HTTPResponse.text("a").body.collect() == [0x61])
        let stream = HTTPResponseBody.stream { writer in
            try await writer.write("a")
            try await writer.write("b")
        }
        #expect(try await stream.collect() == [0x61, 0x62])
        await #expect(throws: HTTPWriteError.ended) { try await stream.collect(upTo: 1) }
        let events = HTTPResponse.events { try await $0.send(ServerSentEvent(data: "x")) }
        #expect(try await events.body.collect() == Array("data: x\n\n".utf8))
    }

    @Test func writer_canBeMadeOfAClosure() async throws {
        let pieces = Mutex<[[UInt8]]>([])
        let writer = HTTPBodyWriter { piece in pieces.withLock { $0.append(piece) } }

        try await writer.write("ab")

        #expect(pieces.withLock { $0 } == [[0x61, 0x62]])
    }

    @Test func event_cannotBeSplit() {
        let examples: [(ServerSentEvent, String)] = [
            (ServerSentEvent(data: ""), "data: \n\n"),
            (ServerSentEvent(data: "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n"),
            (ServerSentEvent(data: "a\n"), "data: a\ndata: \n\n"),
            (
                ServerSentEvent(id: "1\n2\0", event: "x\r\ndata: y", data: "z", retry: .milliseconds(1500)),
                "id: 12\nevent: xdata: y\nretry: 1500\ndata: z\n\n"
            ),
        ]
        for (event, expected) in examples { #expect(String(decoding: event.encoded(), as: UTF8.self) == expected) }
        // Without a data line browsers make no event of a block, and keep its id (HTML Standard, section 9.2.6).
        #expect(String(decoding: ServerSentEvent.position("1\n2\0"), as: UTF8.self) == "id: 12\n\n")
    }

    @Test func response_hasItsFields() {
        #expect(HTTPResponse.json([]).headers["Content-Type"] == "application/json")
        #expect(HTTPResponse.html("x", status: .notFound).status == .notFound)
        var redirect = HTTPResponse.redirect(to: "/a")
        redirect.setCookie(SetCookie(name: "a", value: "b"))
        #expect(redirect.status == .seeOther && redirect.headers["Location"] == "/a")
        #expect(redirect.headers["Set-Cookie"]?.hasPrefix("a=b;") == true)
    }
}
