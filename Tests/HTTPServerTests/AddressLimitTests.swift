import HTTPCore
import HTTPServer
import Testing

/// The bound of connections by client address.
struct AddressLimitTests {
    private var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.connectionsPerAddressMax = 2
        return limits
    }

    @Test func connectionBeyondTheLimit_isToldSo() async throws {
        try await withServer(limits: limits, handler: echo) { server in
            let first = try server.connect()
            let second = try server.connect()
            for client in [first, second] { #expect(try await client.get("/").status == 200) }
            let third = try server.connect()
            let refusal = try await third.readResponse()

            #expect(refusal.status == 503 && refusal["Retry-After"] == "1" && refusal["Connection"] == "close")
            #expect(try await first.get("/").status == 200)
        }
    }

    @Test func closedConnection_makesRoom() async throws {
        try await withServer(limits: limits, loops: 2, handler: echo) { server in
            for _ in 0..<20 {
                let clients = [try server.connect(), try server.connect()]
                for client in clients { #expect(try await client.get("/", "Connection: close").status == 200) }
                // Its end is seen after the server has counted it out: the count goes first, the socket last.
                for client in clients { #expect(try await client.readToEnd() == "") }
                while server.server.connectionCount > 0 { await Task.yield() }
            }
        }
    }

    @Test func trustedProxy_isNotCounted() async throws {
        let trusted = TrustedProxies(parsing: "127.0.0.1") ?? TrustedProxies()
        try await withServer(limits: limits, configure: { $0.trustedProxies = trusted }, handler: echo) { server in
            let clients = try (0..<5).map { _ in try server.connect() }
            for client in clients { #expect(try await client.get("/").status == 200) }
        }
    }

    @Test func clientsBehindTheProxyProtocol_areCountedByTheirAddress() async throws {
        let configure: (inout HTTPServerConfiguration) -> Void = { configuration in
            configuration.trustedProxies = TrustedProxies(parsing: "127.0.0.1") ?? TrustedProxies()
            configuration.listeners[0].acceptsProxyProtocol = true
        }
        try await withServer(limits: limits, configure: configure, handler: echo) { server in
            var clients: [RawClient] = []
            // The first /64 has two connections of two addresses, and so has every other client.
            for address in ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "192.0.2.1", "192.0.2.1"] {
                let client = try server.connect()
                let family = address.contains(":") ? "TCP6 \(address) ::1" : "TCP4 \(address) 127.0.0.1"
                try await client.send("PROXY \(family) 1 2\r\n")
                #expect(try await client.get("/").status == 200)
                clients.append(client)
            }
            for family in ["TCP6 2001:db8::2 ::1", "TCP4 192.0.2.1 127.0.0.1"] {
                let client = try server.connect()
                try await client.send("PROXY \(family) 1 2\r\n")
                #expect(try await client.readResponse().status == 503)
            }
            _ = consume clients
        }
    }

    @Test func flood_isCutOffWithoutWords() async throws {
        var limits = limits
        (limits.connectionsPerAddressMax, limits.refusalsMax) = (1, 1)
        try await withServer(limits: limits, handler: echo) { server in
            let client = try server.connect()
            #expect(try await client.get("/").status == 200)
            let told = try server.connect()
            #expect(try await told.readResponse().status == 503)
            // The one above still reads its refusal: it has not closed.
            let cut = try server.connect()
            #expect(try await cut.readToEnd() == "")
            #expect(try await client.get("/").status == 200)
        }
    }
}
