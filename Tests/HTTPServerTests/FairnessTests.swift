import Dispatch
import HTTPCore
import HTTPServer
import Synchronization
import Testing

/// What one connection may do in a row, and what one connection cannot break for the others.
struct FairnessTests {
    @Test func pipelinedRequests_letOthersGoFirst() async throws {
        var limits = HTTPLimits()
        limits.pipelinedRequestsMax = 4
        let (order, begun, gate) = (Box(Mutex<[String]>([])), Signal(), DispatchSemaphore(value: 0))
        let handler: HTTPHandler = { request in
            if request.path == "/first" {
                begun.send()
                // Keeps the only loop while the other request arrives.
                gate.wait()
            }
            order.value.withLock { $0.append(request.path) }
            return .text("ok")
        }
        try await withServer(limits: limits, handler: handler) { server in
            let (many, one) = (try server.connect(), try server.connect())
            #expect(try await one.get("/before").status == 200)
            let get = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }
            try await many.send(get("/first") + (0..<200).map { _ in get("/many") }.joined())
            _ = await begun.next()
            try await one.send(get("/one"))
            gate.signal()

            #expect(try await one.readResponse().status == 200)
            for _ in 0..<201 { #expect(try await many.readResponse().status == 200) }
            let position = order.value.withLock { $0.firstIndex(of: "/one") } ?? .max
            #expect(position < 20)
        }
    }

    @Test func upload_letsOthersGoFirst() async throws {
        var limits = HTTPLimits()
        limits.turnBytesMax = 64 * 1024
        let (pieces, begun, gate) = (Box(Atomic<Int>(0)), Signal(), DispatchSemaphore(value: 0))
        let handler: HTTPHandler = { request in
            if request.path == "/one" { return .text("\(pieces.value.load(ordering: .relaxed))") }
            for try await _ in request.body {
                if pieces.value.wrappingAdd(1, ordering: .relaxed).newValue == 1 {
                    begun.send()
                    gate.wait()
                }
            }
            return .text("ok")
        }
        try await withServer(limits: limits, handler: handler) { server in
            let (upload, one) = (try server.connect(), try server.connect())
            #expect(try await one.get("/one").status == 200)
            let content = String(repeating: "x", count: 400_000)
            try await upload.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nx")
            _ = await begun.next()
            try await one.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\n")
            try await upload.send(String(content.dropLast()).prefix(200_000).description)
            gate.signal()
            try await upload.send(String(content.dropLast().dropFirst(200_000)))

            let seen = Int(try await one.readResponse().body) ?? .max
            #expect(seen < 4)
            #expect(try await upload.readResponse().status == 200)
        }
    }

    @Test func tinyChunks_areJoined() async throws {
        let handler: HTTPHandler = { request in
            var (pieces, bytes) = (0, 0)
            for try await piece in request.body { (pieces, bytes) = (pieces + 1, bytes + piece.count) }
            return .text("\(bytes) \(pieces < bytes / 10)")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            let chunks = String(repeating: "1\r\nx\r\n", count: 20_000)

            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
            try await client.send("0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")

            #expect(try await client.readResponse().body == "20000 true")
            #expect(try await client.readResponse().body == "0 false")
        }
    }

    /// Regression: the task that was left behind and the connection waited for the same socket, which trapped.
    @Test func readerLeftBehind_endsOnlyItsConnection() async throws {
        let results = Signal()
        let handler: HTTPHandler = { request in
            Task {
                do {
                    for try await _ in request.body {}
                } catch {
                    results.send("\(error)")
                }
            }
            await Task.yield()
            return .text("early")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")

            #expect(try await client.readResponse().body == "early")
            client.finishSending()
            #expect(try await client.readToEnd() == "")
            #expect(await results.next() != nil)
            #expect(try await server.connect().get("/").status == 200)
        }
    }

    @Test func contentOfASlowHandler_staysWithTheClient() async throws {
        let (begun, goOn) = (Signal(), Signal())
        let handler: HTTPHandler = { request in
            var bytes = 0
            for try await piece in request.body {
                if bytes == 0 {
                    begun.send()
                    _ = await goOn.next()
                }
                bytes += piece.count
            }
            return .text("\(bytes)")
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\nx")
            _ = await begun.next()

            // The client gets rid of what fits into the sockets and of nothing more.
            nonisolated(unsafe) let sending = client
            let rest = [UInt8](repeating: 0x78, count: 7_999_999)
            let sender = Task(executorPreference: server.loop) { try await sending.send(rest) }
            try await server.pause(for: .milliseconds(100))
            #expect(client.sentBytes < 7_999_999)
            #expect(server.server.bufferBytes < 200_000)
            goOn.send()
            try await sender.value

            #expect(try await client.readResponse().body == "8000000")
        }
    }
}

/// Carries a value that cannot be copied into closures.
final class Box<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) {
        self.value = value
    }
}
