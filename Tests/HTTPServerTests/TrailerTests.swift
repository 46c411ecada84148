import HTTPCore
import HTTPServer
import Testing

/// Fields behind the content, in both directions (RFC 9110 section 6.5).
struct TrailerTests {
    @Test func requestTrailers_reachTheHandler() async throws {
        let handler: HTTPHandler = { request in
            let before = request.body.trailers.count
            _ = try await request.body.collect(upTo: 100)
            return .text("\(before) " + request.body.trailers.map { "\($0.name)=\($0.value)" }.joined(separator: ";"))
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"

            try await client.send(
                head + "X-Checksum:  7 \r\nContent-Length: 9\r\nAuthorization: x\r\nIf-Match: *\r\n\r\n"
            )
            #expect(try await client.readResponse().body == "0 X-Checksum=7")
            try await client.send(head + "\r\n")
            #expect(try await client.readResponse().body == "0 ")
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            #expect(try await client.readResponse().body == "0 ")
        }
    }

    @Test func responseTrailers_areSentToThoseWhoAsk() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                headers: ["Content-Type": "text/csv", "Trailer": "X-Rows"],
                body: .stream { writer in
                    try await writer.write("a\nb\n")
                    await writer.setTrailers([
                        "X-Rows": "2", "Content-Length": "4", "Set-Cookie": "a=b", "Bad\r\n": "x",
                    ])
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            for (fields, expected) in [
                ("X: y", 0), ("TE: trailers", 1), ("TE: gzip;q=0.5, Trailers", 1), ("TE: gzip", 0),
                ("TE: trailers\r\nAccept-Encoding: gzip", 1),
            ] {
                let response = try await client.get("/", fields)
                #expect(response.trailers.map(\.name) == (expected == 1 ? ["X-Rows"] : []), "\(fields)")
                let isCoded = response["Content-Encoding"] == "gzip"
                #expect(
                    try isCoded ? Gunzip.decode(response.content) == Array("a\nb\n".utf8) : response.body == "a\nb\n"
                )
            }
            try await client.send("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n")
            #expect(try await client.readResponse().body == "a\nb\n")
        }
    }
}
