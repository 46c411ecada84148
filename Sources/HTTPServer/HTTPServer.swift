public import EventLoop
import HTTPCore
public import Logging
public import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 server on event loops.
///
/// `run()` binds, serves and returns after a graceful stop: the listeners close, requests in flight and those that come
/// within ``HTTPTimeouts/idleGrace`` are answered with `Connection: close`, event streams end, then idle connections
/// close, and what is left after ``HTTPTimeouts/grace`` is cut off. Cancelling the task of `run()` cuts at once.
public final class HTTPServer: Service, Sendable {
    private let configuration: HTTPServerConfiguration
    private let group: EventLoopGroup
    private let logger: Logger
    private let context: ConnectionContext
    private let handler: HTTPHandler
    private let state = Mutex(State())

    private struct State {
        var sockets: [SharedListeningSocket] = []
        var addresses: Result<[SocketAddress], any Error>?
        var bindWaiters: [CheckedContinuation<[SocketAddress], any Error>] = []
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
        self.handler = handler
        context = ConnectionContext(configuration: configuration, loopCount: group.loops.count, logger: logger)
    }

    /// Number of connections that are open.
    public var connectionCount: Int {
        context.connections.load(ordering: .relaxed)
    }

    /// Number of requests that were answered 503 because of overload, since the start.
    public var refusedRequestCount: Int {
        context.refusedRequests.load(ordering: .relaxed)
    }

    /// Bytes that the buffers of all connections take; see ``HTTPLimits/bufferBytesMax``.
    public var bufferBytes: Int {
        context.buffers.bytes
    }

    /// Waits until the server listens.
    ///
    /// - Returns: The port of the first listener; the free one that was found when the configuration says 0.
    /// - Throws: ``SocketError`` when an address cannot be bound; `CancellationError` when the server ended before.
    public func waitUntilBound() async throws -> UInt16 {
        try await boundAddresses().first?.port ?? 0
    }

    /// Waits until the server listens.
    ///
    /// - Returns: What the listeners are bound to, in the order of the configuration.
    /// - Throws: As ``waitUntilBound()``.
    public func boundAddresses() async throws -> [SocketAddress] {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[SocketAddress], any Error>) in
            let known = state.withLock { state in
                if state.addresses == nil { state.bindWaiters.append(continuation) }
                return state.addresses
            }
            if let known { continuation.resume(with: known) }
        }
    }

    /// Binds and serves until a graceful stop or a cancellation.
    ///
    /// - Throws: ``SocketError`` when an address cannot be bound or accepting fails for good.
    public func run() async throws {
        let sockets: [SharedListeningSocket]
        do {
            sockets = try configuration.listeners.map { try SharedListeningSocket(configuration, $0.endpoint) }
        } catch {
            announce(.failure(error))
            throw error
        }
        let registries = group.loops.map { loop in
            ConnectionRegistry(loop: loop, context: context) { [weak self] in self?.connectionEnded() }
        }
        state.withLock { $0.sockets = sockets }
        announce(.success(sockets.map(\.address)))
        let outcome = await accept(sockets, registries)
        state.withLock { $0.sockets = [] }
        for socket in sockets { socket.close() }
        await stop(registries)
        try outcome.get()
    }

    /// Lets the files of Unix-domain sockets stay when the server ends, because a successor uses them.
    ///
    /// - Returns: The sockets of the listeners, in their order; they stay the server's.
    func disownSocketFiles() -> [InheritedSockets.Socket] {
        let sockets = state.withLock { $0.sockets }
        return sockets.enumerated().map { index, socket in
            socket.disownFile()
            return InheritedSockets.Socket(name: InheritedSockets.predecessorName(index), descriptor: socket.number)
        }
    }

    /// Has the server remove the files of its Unix-domain sockets at its end, also of those that it inherited.
    func ownSocketFiles() {
        for socket in state.withLock({ $0.sockets }) { socket.ownFile() }
    }

    private func announce(_ addresses: Result<[SocketAddress], any Error>) {
        let waiters = state.withLock { state in
            state.addresses = addresses
            defer { state.bindWaiters = [] }
            return state.bindWaiters
        }
        for waiter in waiters { waiter.resume(with: addresses) }
    }
}

// MARK: - Accepting and stopping

extension HTTPServer {
    /// Accepts from all sockets until the stop begins or one of them fails for good.
    private func accept(
        _ sockets: [SharedListeningSocket],
        _ registries: [ConnectionRegistry]
    ) async -> Result<Void, any Error> {
        let (context, handler) = (context, handler)
        // Unstructured, so that a graceful stop can cancel it alone; awaited right below.
        let task = Task { [configuration, group, logger] in
            try await withThrowingTaskGroup(of: Void.self) { acceptors in
                for (index, socket) in sockets.enumerated() {
                    let listener = BoundListener(configuration.listeners[index], socket.address, handler)
                    let loop = group.loops[index % group.loops.count]
                    let acceptor = Acceptor(
                        socket: socket,
                        listener: listener,
                        registries: registries,
                        context: context
                    )
                    acceptors.addTask(executorPreference: loop) { try await acceptor.run(on: loop) }
                }
                for tls in configuration.tlsContexts { acceptors.addTask { await tls.watchFiles(logger) } }
                // The first failure cancels the others.
                try await acceptors.waitForAll()
            }
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

    private func stop(_ registries: [ConnectionRegistry]) async {
        let (grace, idleGrace) = (configuration.timeouts.grace, configuration.timeouts.idleGrace)
        for registry in registries { registry.loop.execute { registry.drain() } }
        // A client may have sent a request at the moment at which an idle connection is closed, and cannot tell whether
        // it was served: so a connection is closed with a response, if its client is active at all.
        await waitForConnections(atMost: min(idleGrace, grace))
        for registry in registries { registry.loop.execute { registry.closeIdle() } }
        await waitForConnections(atMost: max(.zero, grace - idleGrace))
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
        var timer: Task<Void, Never>?
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                state.withLock { $0.endWaiter = continuation }
                // Not before the line above: a short time could be over before there is anybody to tell.
                timer = Task(executorPreference: loop) { [weak self] in
                    try? await loop.sleep(for: duration)
                    self?.endWait()
                }
                if connectionCount == 0 || Task.isCancelled { endWait() }
            }
        } onCancel: {
            endWait()
        }
        timer?.cancel()
        await timer?.value
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
