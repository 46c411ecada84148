import EventLoop
import HTTPCore
import HTTPServer
import Testing

/// What proxies in front of the server tell of the client, and whose word counts.
struct ProxyTests {
    private let reporting: HTTPHandler = { request in
        let connection = request.connection
        return .text(
            "\(request.remoteAddress) \(connection.client.port) \(connection.scheme) \(connection.forwardedHost ?? "-")"
        )
    }

    private func configure(_ trusted: String, proxyProtocol: Bool = false) -> (inout HTTPServerConfiguration) -> Void {
        { configuration in
            configuration.trustedProxies = TrustedProxies(parsing: trusted) ?? TrustedProxies()
            configuration.listeners[0].acceptsProxyProtocol = proxyProtocol
        }
    }

    @Test func trustedPeersFields_count() async throws {
        try await withServer(configure: configure("127.0.0.0/8"), handler: reporting) { server in
            let client = try server.connect()
            let forwarded = try await client.get("/", "Forwarded: for=\"192.0.2.1:99\";proto=https;host=portal.example")
            let older = try await client.get("/", "X-Forwarded-For: 192.0.2.7, 127.0.0.9", "X-Forwarded-Proto: https")

            #expect(forwarded.body == "192.0.2.1 99 https portal.example")
            #expect(older.body == "192.0.2.7 0 https -")
            // Each request has fields of its own: nothing stays from the one before.
            #expect(try await client.get("/").body.hasPrefix("127.0.0.1 "))
        }
    }

    @Test(arguments: ["", "10.0.0.0/8", "unix"])
    func otherPeersFields_areIgnored(trusted: String) async throws {
        try await withServer(configure: configure(trusted), handler: reporting) { server in
            let client = try server.connect()
            let response = try await client.get("/", "Forwarded: for=192.0.2.1;proto=https", "X-Forwarded-Host: a")
            #expect(response.body.hasPrefix("127.0.0.1 ") && response.body.hasSuffix(" http -"))
        }
    }

    @Test func trustedUnixSocket_tellsTheClient() async throws {
        let path = temporaryPath()
        let configure: (inout HTTPServerConfiguration) -> Void = { configuration in
            configuration.listeners = [HTTPListener(.unix(path: path))]
            configuration.trustedProxies = TrustedProxies(includesUnixSockets: true)
        }
        try await withServer(configure: configure, handler: reporting) { server in
            let client = try RawClient(path: path, loop: server.loop)
            #expect(try await client.get("/", "X-Forwarded-For: 192.0.2.1").body == "192.0.2.1 0 http -")
        }
    }

    @Test func proxyProtocol_tellsTheClient() async throws {
        try await withServer(configure: configure("127.0.0.1", proxyProtocol: true), handler: reporting) { server in
            let client = try server.connect()
            try await client.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.readResponse().body == "192.0.2.1 4711 http -")
            // For the whole connection; and who is behind the proxy is not a proxy.
            #expect(try await client.get("/", "X-Forwarded-For: 203.0.113.1").body == "192.0.2.1 4711 http -")

            let unknown = try server.connect()
            try await unknown.send("PROXY UNKNOWN\r\n")
            #expect(try await unknown.get("/").body.hasPrefix("127.0.0.1 "))
        }
    }

    @Test func proxyProtocolAndFields_tellTheClientTogether() async throws {
        let configure = configure("127.0.0.1,10.0.0.0/8", proxyProtocol: true)
        try await withServer(configure: configure, handler: reporting) { server in
            let client = try server.connect()
            try await client.send("PROXY TCP4 10.0.0.1 192.0.2.2 4711 443\r\n")
            #expect(try await client.get("/", "X-Forwarded-For: 192.0.2.1").body == "192.0.2.1 0 http -")
        }
    }

    @Test func secureClient_isKnownFromVersion2() async throws {
        let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
        let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x67, 1, 187]
        let header = signature + [0x21, 0x11, 0, 20] + addresses + [0x20, 0, 5, 1, 0, 0, 0, 0]
        try await withServer(configure: configure("127.0.0.1", proxyProtocol: true), handler: reporting) { server in
            let client = try server.connect()
            // Byte by byte, with the loop's turn in between.
            for byte in header + Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8) {
                try await client.send([byte])
                await Task.yield()
            }
            #expect(try await client.readResponse().body == "192.0.2.1 4711 https -")
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PROXY TCP4 1.2.3.4\r\n", "PROXY TCP9 ", "\r\n\r\n\0X"])
    func connectionWithoutHeader_isClosed(text: String) async throws {
        try await withServer(configure: configure("127.0.0.1", proxyProtocol: true), handler: reporting) { server in
            let client = try server.connect()
            try await client.send(text)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func untrustedPeersHeader_isNotRead() async throws {
        try await withServer(configure: configure("10.0.0.0/8", proxyProtocol: true), handler: reporting) { server in
            let client = try server.connect()
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test func slowHeader_isCutOff() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.header = .milliseconds(30)
        let configure = configure("127.0.0.1", proxyProtocol: true)
        try await withServer(timeouts: timeouts, configure: configure, handler: reporting) { server in
            let silent = try server.connect()
            let slow = try server.connect()
            try await slow.send("PROXY TCP4 192.0.2.1 ")
            #expect(try await silent.readToEnd() == "")
            #expect(try await slow.readToEnd() == "")
        }
    }

    @Test func healthCheckWithoutBytes_harmsNothing() async throws {
        try await withServer(configure: configure("127.0.0.1", proxyProtocol: true), handler: reporting) { server in
            let check = try server.connect()
            check.finishSending()
            #expect(try await check.readToEnd() == "")
            let partial = try server.connect()
            try await partial.send("PROXY ")
            partial.finishSending()
            #expect(try await partial.readToEnd() == "")
            #expect(server.log.errors == [])
        }
    }
}
