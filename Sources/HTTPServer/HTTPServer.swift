public import EventLoop
import HTTPCore
public import Logging
public import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 server on event loops.
///
/// `run()` binds, serves and returns after a graceful stop: the listener closes, idle connections close, requests in
/// flight are answered with `Connection: close`, event streams end, and what is left after ``HTTPTimeouts/grace`` is cut
/// off. Cancelling the task of `run()` cuts at once.
public final class HTTPServer: Service, Sendable {
    private let configuration: HTTPServerConfiguration
    private let group: EventLoopGroup
    private let logger: Logger
    private let context: ConnectionContext
    private let state = Mutex(State())

    private struct State {
        var address: Result<SocketAddress, any Error>?
        var bindWaiters: [CheckedContinuation<SocketAddress, any Error>] = []
        var endWaiter: UnsafeContinuation<Void, Never>?
    }

    /// A server that is not running yet.
    ///
    /// - Parameters:
    ///   - configuration: Address, limits and times.
    ///   - group: The loops to serve on; shut down by its owner after `run()` has returned.
    ///   - logger: For failures; requests are not logged here.
    ///   - handler: Answers requests.
    public init(
        configuration: HTTPServerConfiguration,
        group: EventLoopGroup,
        logger: Logger,
        handler: @escaping HTTPHandler
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        context = ConnectionContext(configuration: configuration, logger: logger, handler: handler)
    }

    /// Number of connections that are open.
    public var connectionCount: Int {
        context.connections.load(ordering: .relaxed)
    }

    /// Waits until the server listens.
    ///
    /// - Returns: The port; the free one that was found when the configuration says 0.
    /// - Throws: ``SocketError`` when the address cannot be bound; `CancellationError` when the server ended before.
    public func waitUntilBound() async throws -> UInt16 {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<SocketAddress, any Error>) in
            let known = state.withLock { state in
                if state.address == nil { state.bindWaiters.append(continuation) }
                return state.address
            }
            if let known { continuation.resume(with: known) }
        }.port
    }

    /// Binds and serves until a graceful stop or a cancellation.
    ///
    /// - Throws: ``SocketError`` when the address cannot be bound or accepting fails for good.
    public func run() async throws {
        let socket: ListeningSocket
        do {
            socket = try ListeningSocket(
                host: configuration.host,
                port: configuration.port,
                backlog: configuration.limits.backlog,
                isPortShared: configuration.isPortShared
            )
        } catch {
            announce(.failure(error))
            throw error
        }
        let registries = group.loops.map { loop in
            ConnectionRegistry(loop: loop, context: context) { [weak self] in self?.connectionEnded() }
        }
        announce(.success(socket.address))
        let outcome = await accept(socket, registries)
        await stop(registries)
        try outcome.get()
    }

    private func announce(_ address: Result<SocketAddress, any Error>) {
        let waiters = state.withLock { state in
            state.address = address
            defer { state.bindWaiters = [] }
            return state.bindWaiters
        }
        for waiter in waiters { waiter.resume(with: address) }
    }
}

// MARK: - Accepting and stopping

extension HTTPServer {
    /// Accepts until the stop begins; the listening socket is closed on return.
    private func accept(
        _ socket: consuming ListeningSocket,
        _ registries: [ConnectionRegistry]
    ) async -> Result<Void, any Error> {
        let loop = group.loops[0]
        let context = context
        let box = SocketBox(socket)
        // Unstructured, so that a graceful stop can cancel it alone; awaited right below.
        let task = Task(executorPreference: loop) {
            guard let socket = box.take() else { return }
            try await Acceptor(socket: socket, registries: registries, context: context).run(on: loop)
        }
        return await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
        } onGracefulShutdown: {
            task.cancel()
        }
    }

    /// Carries the socket into the acceptor's task: a closure that may be called more than once cannot consume it.
    private final class SocketBox: Sendable {
        private let socket: Mutex<ListeningSocket?>

        init(_ socket: consuming ListeningSocket) {
            self.socket = Mutex(socket)
        }

        func take() -> ListeningSocket? {
            socket.withLock { $0.take() }
        }
    }

    private func stop(_ registries: [ConnectionRegistry]) async {
        for registry in registries { registry.loop.execute { registry.drain() } }
        await waitForConnections(atMost: configuration.timeouts.grace)
        guard connectionCount > 0 else { return }
        logger.notice("connections are cut off", metadata: ["connections": "\(connectionCount)"])
        for registry in registries { registry.loop.execute { registry.cut() } }
        // A handler that ignores its cancellation must not keep the process; its socket is closed already.
        await waitForConnections(atMost: configuration.timeouts.linger)
        if connectionCount > 0 {
            logger.warning("handlers are still running", metadata: ["connections": "\(connectionCount)"])
        }
    }

    /// Returns when no connection is left, the time is over, or the task is cancelled.
    private func waitForConnections(atMost duration: Duration) async {
        let loop = group.loops[0]
        let timer = Task(executorPreference: loop) { [weak self] in
            try? await loop.sleep(for: duration)
            self?.endWait()
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                state.withLock { $0.endWaiter = continuation }
                if connectionCount == 0 || Task.isCancelled { endWait() }
            }
        } onCancel: {
            endWait()
        }
        timer.cancel()
        await timer.value
    }

    private func connectionEnded() {
        if context.connections.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { endWait() }
    }

    private func endWait() {
        let waiter = state.withLock { state in
            defer { state.endWaiter = nil }
            return state.endWaiter
        }
        waiter?.resume()
    }
}
