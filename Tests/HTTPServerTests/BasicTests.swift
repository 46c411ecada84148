import HTTPCore
import HTTPServer
import Testing

struct BasicTests {
    @Test func answer_hasTheServersFields() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            let response = try await client.get("/a?b=c", "X-Request-Id: abc-1")

            #expect(response.status == 200)
            #expect(response.body == "GET /a?b=c ")
            #expect(response["X-Request-Id"] == "abc-1")
            #expect(response["Content-Length"] == "11")
            #expect(HTTPDate(parsing: response["Date"]) != nil)
            #expect(response["Server"] == nil)
            #expect(response["Connection"] == nil)
        }
    }

    @Test func connection_servesManyRequests() async throws {
        try await withServer(handler: echo) { server in
            let client = try server.connect()

            for number in 0..<50 {
                let response = try await client.get("/\(number)")
                #expect(response.body == "GET /\(number) ")
            }
        }
    }
}
