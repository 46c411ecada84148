import EventLoop
import Glibc
import HTTPCore
import Logging
import Synchronization

/// Takes connections from a listening socket and hands each to the loop that has the fewest.
///
/// One acceptor, not a listener a loop (`SO_REUSEPORT`): the kernel would spread connections by a hash, so that with few
/// long-lived connections some loops get many and some none, and connections that wait at the listener of a busy loop
/// wait although others are idle. Handing over costs one wake-up a connection, not a request. It also gives one place
/// for the limit, for the pause when descriptors run out, and for a socket inherited from another process.
struct Acceptor {
    private let socket: SharedListeningSocket
    private let listener: BoundListener
    private let registries: [ConnectionRegistry]
    private let context: ConnectionContext

    /// An acceptor for a bound socket.
    init(
        socket: SharedListeningSocket,
        listener: BoundListener,
        registries: [ConnectionRegistry],
        context: ConnectionContext
    ) {
        self.socket = socket
        self.listener = listener
        self.registries = registries
        self.context = context
    }

    /// Accepts until its task is cancelled; must run on `loop`, returns with the socket still open.
    ///
    /// - Throws: ``SocketError`` that makes accepting impossible for good.
    func run(on loop: EventLoop) async throws {
        let watcher = try DescriptorWatcher(descriptor: socket.number, loop: loop)
        defer { watcher.close() }
        Sockets.setUnsentBytesMax(socket.number, context.limits.unsentBytesMax)
        defer { acceptRest() }
        var isPaused = false
        while !Task.isCancelled {
            do throws(SocketError) {
                try await acceptAll(watcher)
                isPaused = false
            } catch {
                switch error {
                case .cancelled:
                    return
                case .failed(_, EMFILE), .failed(_, ENFILE), .failed(_, ENOBUFS), .failed(_, ENOMEM):
                    // Connections stay in the kernel's queue; the ones that are open go on and will free resources.
                    if !isPaused { context.logger.warning("accepting pauses", metadata: ["error": "\(error)"]) }
                    isPaused = true
                    try? await loop.sleep(for: context.timeouts.acceptPause)
                default:
                    throw error
                }
            }
        }
    }

    /// Accepts a batch and waits for more.
    private func acceptAll(_ watcher: DescriptorWatcher) async throws(SocketError) {
        // Bounded: the loop has connections of its own to serve in between.
        for _ in 0..<HTTPLimits.acceptBatchMax {
            guard hasRoom else { break }
            guard let accepted = try socket.accept() else {
                watcher.clearReadable()
                break
            }
            handOver(accepted)
        }
        if !hasRoom {
            // Checked again at the same pace as for lack of descriptors; whoever waits in the queue is not lost.
            try? await watcher.loop.sleep(for: context.timeouts.acceptPause)
        } else {
            try await watcher.waitReadable(deadline: nil)
            // Gives the connections of this loop their turn when the queue never gets empty.
            await watcher.loop.yield()
        }
    }

    /// Takes those who wait in the kernel's queue when the stop begins: they have connected, and perhaps sent a
    /// request, and closing the listening socket would reset them.
    private func acceptRest() {
        for _ in 0..<context.limits.backlog {
            do throws(SocketError) {
                guard hasRoom, let accepted = try socket.accept() else { return }
                handOver(accepted)
            } catch {
                return
            }
        }
    }

    private var hasRoom: Bool {
        let open = context.connections.load(ordering: .relaxed)
        return open < context.limits.connectionsMax + context.limits.refusalsMax
    }

    private func handOver(_ accepted: consuming ListeningSocket.Accepted) {
        let open = context.connections.wrappingAdd(1, ordering: .relaxed).newValue
        var target = registries[0]
        var least = Int.max
        for registry in registries {
            let load = registry.load.load(ordering: .relaxed)
            if load < least { (target, least) = (registry, load) }
        }
        target.serve(accepted, listener, isRefused: open > context.limits.connectionsMax)
    }
}
