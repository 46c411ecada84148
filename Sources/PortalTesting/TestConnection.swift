import EventLoop
import HTTPCore
import HTTPServer
import Logging
import PortalWeb

/// How the clients of a test reach its portal: by its handler, or by a server on a port of its own.
struct TestConnection: Sendable {
    /// `http://127.0.0.1:<port>`; nil in memory.
    let address: String?

    let transport: TestClient.Transport
    let events: TestClient.EventTransport

    func client(headers: HTTPHeaders) -> TestClient {
        TestClient(headers: headers, transport: transport, events: events)
    }

    /// Opens a connection for the time of `body`; a server is stopped afterwards.
    static func open(
        _ application: PortalApplication,
        _ kind: TestPortalOptions.Transport,
        group: EventLoopGroup,
        _ logger: Logger,
        _ body: @escaping @Sendable (TestConnection) async throws -> Void
    ) async throws {
        switch kind {
        case .memory:
            try await body(.memory(application))
        case .live:
            let server = HTTPServer(
                configuration: HTTPServerConfiguration(),
                group: group,
                logger: logger,
                handler: application.handler
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await server.run() }
                let port = try await server.waitUntilBound()
                let connection = TestConnection.live(at: "http://127.0.0.1:\(port)")
                let result: Result<Void, any Error>
                do { result = .success(try await body(connection)) } catch { result = .failure(error) }
                tasks.cancelAll()
                while let stopped = await tasks.nextResult() { _ = stopped }
                try result.get()
            }
        }
    }

    private static func memory(_ application: PortalApplication) -> TestConnection {
        let transport: TestClient.Transport = { method, target, headers, body in
            let request = try HTTPRequest.make(method, target, headers: headers, body: body)
            let response = await application.respond(to: request)
            // As the server does: these never have content.
            let hasContent = method != .head && !response.status.forbidsContent
            return TestResponse(
                status: response.status.code,
                headers: response.headers,
                body: hasContent ? try await response.body.collect() : []
            )
        }
        let events: TestClient.EventTransport = { target, headers in
            let request = try HTTPRequest.make(.get, target, headers: headers)
            let response = await application.respond(to: request)
            guard case .events(let stream) = response.body else {
                throw TestConnectionError.noStream(status: response.status.code)
            }
            return AsyncThrowingStream { continuation in
                // Owned by the stream: it ends with it.
                let task = Task {
                    do {
                        let writer = HTTPBodyWriter { bytes in
                            for event in TestEvent.parse(String(decoding: bytes, as: UTF8.self)) {
                                continuation.yield(event)
                            }
                        }
                        try await stream.body(EventWriter(writer))
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                continuation.onTermination = { _ in task.cancel() }
            }
        }
        return TestConnection(address: nil, transport: transport, events: events)
    }
}

/// What a test of streams can find instead of one.
public enum TestConnectionError: Error, Sendable {
    /// The answer was no stream.
    case noStream(status: Int)
}
