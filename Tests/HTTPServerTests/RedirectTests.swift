import HTTPCore
import HTTPServer
import Testing

/// The plain listener that sends everybody to `https`.
struct RedirectTests {
    private func configure(_ redirect: HTTPSRedirect) -> (inout HTTPServerConfiguration) -> Void {
        { $0.listeners[0].redirect = redirect }
    }

    private let unreachable: HTTPHandler = { _ in
        Issue.record("the handler got a request of a redirecting listener")
        return .text("")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: portal.example\r\n\r\n", "https://portal.example/"),
        ("GET /a%20b?c=d&e HTTP/1.1\r\nHost: portal.example:8080\r\n\r\n", "https://portal.example/a%20b?c=d&e"),
        ("POST /x HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nContent-Length: 2\r\n\r\nab", "https://[2001:db8::1]/x"),
        ("GET /x HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n", "https://[2001:db8::1]/x"),
        ("GET http://other.example:81/y?z HTTP/1.1\r\nHost: portal.example\r\n\r\n", "https://other.example/y?z"),
        ("OPTIONS * HTTP/1.1\r\nHost: portal.example\r\n\r\n", "https://portal.example"),
        ("GET //evil.example/ HTTP/1.1\r\nHost: portal.example\r\n\r\n", "https://portal.example//evil.example/"),
    ])
    func request_isSentToTheSameAddress(request: String, location: String) async throws {
        try await withServer(configure: configure(HTTPSRedirect()), handler: unreachable) { server in
            let client = try server.connect()
            try await client.send(request)
            let response = try await client.readResponse()
            #expect(response.status == 308)
            #expect(response["Location"] == location)
        }
    }

    @Test func portAndHost_canBeOthers() async throws {
        let redirect = HTTPSRedirect(port: 8443, host: "secure.example")
        try await withServer(configure: configure(redirect), handler: unreachable) { server in
            let response = try await server.connect().get("/x")
            #expect(response["Location"] == "https://secure.example:8443/x")
        }
    }

    @Test func clientWithoutHost_isToldSo() async throws {
        try await withServer(configure: configure(HTTPSRedirect()), handler: unreachable) { server in
            let client = try server.connect()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await client.readResponse().status == 400)
        }
    }
}
