import EventLoop
import HTTPCore
import Logging
import Synchronization

/// The connections of one loop.
final class ConnectionRegistry: @unchecked Sendable {
    // `@unchecked Sendable`: the variables are touched on the loop only, `load` is atomic.

    /// The loop that serves these connections.
    let loop: EventLoop
    /// Connections that were given to this loop and have not ended; read by the acceptor on its own loop.
    let load = Atomic<Int>(0)
    /// Whether the server stops: every further response is the last one of its connection.
    private(set) var isDraining = false
    /// Whether those connections are closed that have not used the time for a last request.
    private(set) var isClosingIdle = false
    /// Whether the grace period is over: what is still open is cut off.
    private(set) var isCut = false

    /// For the responses of these connections.
    let compressors: CompressorPool
    private let context: ConnectionContext
    private let onEnd: @Sendable () -> Void
    /// Lets requests in, or tells them to come back later.
    private(set) lazy var gate = OverloadGate(loop: loop, context: context) { [unowned self] in relieve($0) }
    /// The order of TLS handshakes.
    let handshakeTurns: TLSHandshakeTurns
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var lines: CommonLines

    private struct Entry {
        let connection: HTTPConnection
        /// `nil` while the connection is parked.
        var task: Task<Void, Never>?
    }

    /// A registry without connections.
    ///
    /// - Parameters:
    ///   - loop: Where its connections are served.
    ///   - context: What they share.
    ///   - onEnd: Called after each connection has ended.
    init(loop: EventLoop, context: ConnectionContext, onEnd: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.context = context
        handshakeTurns = TLSHandshakeTurns(loop: loop)
        lines = CommonLines(server: context.serverName)
        compressors = CompressorPool(limit: context.limits.compressorsMax)
        self.onEnd = onEnd
    }

    /// Starts to serve an accepted socket; may be called from any thread.
    ///
    /// - Parameters:
    ///   - accepted: The connection.
    ///   - listener: Where it was accepted.
    ///   - isRefused: Whether it only gets a 503.
    func serve(_ accepted: consuming ListeningSocket.Accepted, _ listener: BoundListener, isRefused: Bool) {
        load.wrappingAdd(1, ordering: .relaxed)
        let peer = accepted.peer
        let number = accepted.release()
        loop.execute { self.start(Descriptor(adopting: number), peer, listener, isRefused) }
    }

    private func start(
        _ descriptor: consuming Descriptor,
        _ peer: SocketAddress,
        _ listener: BoundListener,
        _ isRefused: Bool
    ) {
        let transport: ConnectionTransport
        do {
            transport = try ConnectionTransport(descriptor: descriptor, loop: loop)
        } catch {
            context.logger.warning("connection cannot be watched", metadata: ["error": "\(error)"])
            return ended()
        }
        let connection = HTTPConnection(
            transport: transport,
            context: context,
            registry: self,
            listener: listener,
            peer: peer
        )
        run(connection, isRefused: isRefused)
        if isCut { cut() }
    }

    /// Runs a connection until it ends or has nothing to do.
    private func run(_ connection: HTTPConnection, isRefused: Bool = false) {
        // Safe: the connection is only used by its task, on this loop, and by the registry, on this loop.
        nonisolated(unsafe) let connection = connection
        // Unstructured, but owned by the registry: `cut()` cancels it, and the server waits for `onEnd`.
        let task = Task(executorPreference: loop) {
            if isRefused {
                await connection.refuseForOverload()
            } else {
                await connection.run()
            }
            if let deadline = connection.parkedUntil {
                self.park(connection, until: deadline)
            } else {
                self.forget(connection)
            }
        }
        entries[ObjectIdentifier(connection)] = Entry(connection: connection, task: task)
    }

    /// Lets an idle connection wait without a task.
    private func park(_ connection: HTTPConnection, until deadline: LoopInstant) {
        entries[ObjectIdentifier(connection)]?.task = nil
        connection.transport.watcher.whenReadable(deadline: deadline) {
            // Thousands of clients may leave at once, and a task for each would keep the others waiting.
            if !self.isDraining && connection.hasEndedWhileParked() {
                self.forget(connection)
            } else {
                self.run(connection)
            }
        }
    }

    private func forget(_ connection: HTTPConnection) {
        entries[ObjectIdentifier(connection)] = nil
        if let group = connection.clientGroup { context.clients.leave(group) }
        ended()
    }

    /// Whether there are so many connections that the memory of those that wait counts for more than the time it takes
    /// to begin anew.
    var isCrowded: Bool { entries.count > context.limits.unparkedConnectionsMax }

    private func ended() {
        load.wrappingSubtract(1, ordering: .relaxed)
        onEnd()
    }

    /// Begins the graceful stop: event streams end, all other connections after their next response.
    func drain() {
        loop.preconditionOnLoop()
        isDraining = true
        for entry in entries.values { entry.connection.eventTask?.cancel() }
    }

    /// Ends the time for last requests: idle connections close.
    func closeIdle() {
        loop.preconditionOnLoop()
        isClosingIdle = true
        for entry in entries.values where entry.connection.isIdle {
            entry.connection.transport.watcher.interrupt()
        }
    }

    /// Ends the grace period: closes all sockets and cancels the handlers.
    func cut() {
        loop.preconditionOnLoop()
        isDraining = true
        isClosingIdle = true
        isCut = true
        for entry in entries.values {
            entry.task?.cancel()
            entry.connection.transport.close()
        }
    }

    /// Cuts off connections that wait for their clients: first those that have kept the most waiting for the longest.
    ///
    /// - Parameter bytes: How much has to be given back.
    private func relieve(_ bytes: Int) {
        let now = loop.now()
        var waiting: [(connection: HTTPConnection, weight: Double)] = []
        for connection in entries.values.map(\.connection) where connection.share.bytes > 0 {
            guard let since = connection.waitsSince else { continue }
            let seconds = since.duration(to: now) / .seconds(1)
            waiting.append((connection, Double(connection.share.bytes) * max(0.001, seconds)))
        }
        waiting.sort { $0.weight > $1.weight }
        var rest = bytes
        for (connection, _) in waiting {
            guard rest > 0 else { return }
            rest -= connection.share.bytes
            connection.transport.abort()
        }
    }

    /// The field lines of this second that every response has.
    func commonLines() -> [UInt8] {
        lines.value()
    }
}
