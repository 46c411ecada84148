import EventLoop
import HTTPCore
import HTTPServer
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A running server with loops of its own, and the loop that the test's body runs on.
struct TestServer: Sendable {
    let server: HTTPServer
    let services: ServiceGroup
    let port: UInt16
    let loop: EventLoop
    let log: LogRecorder
    let logger: Logger

    func connect(receiveBufferBytes: Int32? = nil) throws -> RawClient {
        try RawClient(port: port, loop: loop, receiveBufferBytes: receiveBufferBytes)
    }

    /// Lets time pass for tests of time-outs; everything else waits for signals.
    func pause(for duration: Duration) async throws {
        try await loop.sleep(for: duration)
    }

    func stopGracefully() async {
        await services.triggerGracefulShutdown()
    }
}

/// Runs a body against a server on a free port and stops everything afterwards.
func withServer(
    limits: HTTPLimits = HTTPLimits(),
    timeouts: HTTPTimeouts = HTTPTimeouts(),
    loops: Int = 1,
    configure: (inout HTTPServerConfiguration) throws -> Void = { _ in },
    handler: @escaping HTTPHandler,
    _ body: @escaping (TestServer) async throws -> Void
) async throws {
    let group = try EventLoopGroup(loops: loops)
    let clients = try EventLoopGroup(loops: 1)
    var configuration = HTTPServerConfiguration()
    configuration.limits = limits
    configuration.timeouts = timeouts
    try configure(&configuration)
    let log = LogRecorder()
    let logger = Logger(label: "test") { _ in log }
    let server = HTTPServer(configuration: configuration, group: group, logger: logger, handler: handler)
    let services = ServiceGroup(
        configuration: .init(
            services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
    )
    let running = Task { try await services.run() }
    let loop = clients.loops[0]
    let outcome: Result<Void, any Error>
    do {
        let port = try await server.waitUntilBound()
        let test = TestServer(server: server, services: services, port: port, loop: loop, log: log, logger: logger)
        nonisolated(unsafe) let body = body
        try await withTaskExecutorPreference(loop) { try await body(test) }
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    running.cancel()
    _ = await running.result
    await group.shutdown()
    await clients.shutdown()
    try outcome.get()
}

/// A log handler that keeps the messages.
final class LogRecorder: LogHandler, Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = event.metadata.map { " \($0)" } ?? ""
        lines.withLock { $0.append((event.level, event.message.description + metadata)) }
    }

    /// What was logged.
    var texts: [String] {
        lines.withLock { $0.map(\.text) }
    }

    /// What was logged as an error.
    var errors: [String] {
        lines.withLock { $0.filter { $0.level == .error }.map(\.text) }
    }
}

/// A one-shot event between a handler and its test.
final class Signal: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ text: String = "") {
        continuation.yield(text)
    }

    /// The next text that was sent; nil when the waiting task is cancelled.
    func next() async -> String? {
        for await text in stream { return text }
        return nil
    }
}

/// Answers `method target` and the content it read.
let echo: HTTPHandler = { request in
    let body = try await request.body.collect(upTo: 1 << 20)
    return .text("\(request.method) \(request.head.target.raw) \(String(decoding: body, as: UTF8.self))")
}
