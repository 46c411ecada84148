import HTTPCore
import HTTPServer
import Testing

/// The gate of requests: too many handlers, a loop that is always late, too much memory in buffers.
struct OverloadTests {
    @Test func requestsInFlight_areBoundedAndRecover() async throws {
        var limits = HTTPLimits()
        limits.requestsInFlightMax = 2
        limits.retryAfterSeconds = 7
        let (begun, goOn) = (Signal(), Signal())
        let handler: HTTPHandler = { request in
            if request.path == "/slow" {
                begun.send()
                _ = await goOn.next()
            }
            return .text("ok")
        }
        let configure = { (configuration: inout HTTPServerConfiguration) in
            configuration.servesUnderOverload = { $0.path == "/healthz" }
        }
        try await withServer(limits: limits, configure: configure, handler: handler) { server in
            let slow = try (0..<2).map { _ in try server.connect() }
            for client in slow {
                try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await begun.next()
            }
            let client = try server.connect()

            let refusal = try await client.get("/")
            #expect(refusal.status == 503)
            #expect(refusal["Retry-After"] == "7")
            #expect(refusal["Connection"] == nil)
            #expect(try await client.get("/healthz").status == 200)
            #expect(server.server.refusedRequestCount == 1)

            for client in slow {
                goOn.send()
                _ = client
            }
            for client in slow { #expect(try await client.readResponse().status == 200) }
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test func loopThatIsAlwaysLate_refusesUntilItIsNot() async throws {
        var timeouts = HTTPTimeouts()
        timeouts.loopLag = .milliseconds(5)
        timeouts.loopLatePatience = .milliseconds(50)
        let handler: HTTPHandler = { request in
            if request.path == "/busy" {
                // Keeps the loop's thread, as a handler that calculates does.
                let end = ContinuousClock.now + .milliseconds(60)
                while ContinuousClock.now < end {}
            }
            return .text("ok")
        }
        try await withServer(timeouts: timeouts, handler: handler) { server in
            let client = try server.connect()
            var statuses: [Int] = []
            while !statuses.contains(503), statuses.count < 100 {
                statuses.append(try await client.get("/busy").status)
            }
            #expect(statuses.first == 200)
            #expect(statuses.last == 503)

            // Nothing delays the loop any more; the next look finds it in time.
            while try await client.get("/").status == 503 { try await server.pause(for: .milliseconds(5)) }
        }
    }

    @Test func contentBeyondTheMemory_is503() async throws {
        var limits = HTTPLimits()
        limits.bufferBytesMax = 300_000
        try await withServer(limits: limits, handler: echo) { server in
            let client = try server.connect()
            let content = String(repeating: "x", count: 100_000)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + content)
            #expect(try await client.readResponse().status == 200)
            #expect(try await client.get("/").status == 200)
            #expect(server.server.bufferBytes == 0)

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n")
            for _ in 0..<5 { try? await client.send(content) }
            let refusal = try await client.readResponse()
            #expect(refusal.status == 503)
            #expect(refusal["Retry-After"] == "1")
            #expect(refusal["Connection"] == "close")
            _ = try await client.readToEnd()
            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
            #expect(server.server.bufferBytes == 0)
        }
    }

    @Test func slowestReaders_areCutOffForMemory() async throws {
        var limits = HTTPLimits()
        limits.bufferBytesMax = 1_000_000
        let content = [UInt8](repeating: 0x61, count: 16 << 20)
        let handler: HTTPHandler = { request in
            request.path == "/large" ? .bytes(content, contentType: "text/plain") : .text("ok")
        }
        try await withServer(limits: limits, handler: handler) { server in
            let slow = try server.connect(receiveBufferBytes: 4096)
            try await slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await slow.read(through: "200 OK")
            let early = try server.connect()
            let refusal = try await early.get("/")
            if refusal.status == 503 {
                #expect(refusal["Connection"] == "close")
                #expect(try await early.readToEnd() == "")
            }
            early.close()

            // Long before the slow client's time to read is over.
            while server.server.connectionCount > 0 { try await server.pause(for: .milliseconds(5)) }
            #expect(server.server.bufferBytes == 0)
            // The gate looks again within moments.
            var status = 503
            while status == 503 {
                let next = try server.connect()
                status = try await next.get("/").status
                next.close()
            }
            #expect(status == 200)
        }
    }
}
