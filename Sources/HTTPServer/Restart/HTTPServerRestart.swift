public import EventLoop
public import Logging
public import ServiceLifecycle

/// Replaces the process by a new one of the same program without a moment at which nobody accepts.
///
/// The new process gets the listening sockets themselves (not sockets of its own on the same port, `SO_REUSEPORT`: those
/// who wait in the old one's queue when it closes would be reset). Both accept until the new one says that it is ready;
/// then `run()` returns, which has to end the old server gracefully. When the new process fails, the old one goes on.
///
/// A member of the same `ServiceGroup` as the server, with `successTerminationBehavior` `.gracefullyShutdownGroup`.
public struct HTTPServerRestart<Requests: AsyncSequence & Sendable>: Service
where Requests.Failure == Never, Requests.Element: Sendable {
    private let server: HTTPServer
    private let inherited: InheritedSockets
    private let requests: Requests
    private let loop: EventLoop
    private let logger: Logger
    private let notifier: ServiceNotifier
    private let arguments: [String]
    private let patience: Duration

    /// A restart on demand.
    ///
    /// - Parameters:
    ///   - server: The server whose sockets are handed over.
    ///   - inherited: What this process was started with.
    ///   - requests: An element demands a restart, for example a signal.
    ///   - loop: Where the new process is waited for.
    ///   - logger: For successes and failures.
    ///   - notifier: Is told when the server is ready and when it stops.
    ///   - arguments: Program and arguments of the new process.
    ///   - patience: How long the new process may take to be ready.
    public init(
        of server: HTTPServer,
        inherited: InheritedSockets = .ofThisProcess,
        on requests: Requests,
        loop: EventLoop,
        logger: Logger,
        notifier: ServiceNotifier = .ofThisProcess,
        arguments: [String] = CommandLine.arguments,
        patience: Duration = .seconds(60)
    ) {
        self.server = server
        self.inherited = inherited
        self.requests = requests
        self.loop = loop
        self.logger = logger
        self.notifier = notifier
        self.arguments = arguments
        self.patience = patience
    }

    /// Says that the server is ready and waits for a demand; returns after a successful restart or at a graceful stop.
    ///
    /// - Throws: What made the server fail to bind.
    public func run() async throws {
        _ = try await server.boundAddresses()
        if inherited.isFromPredecessor { server.ownSocketFiles() }
        inherited.announceReadiness()
        notifier.ready()
        for await _ in requests.cancelOnGracefulShutdown() {
            do {
                try await replace()
                return
            } catch {
                logger.error("restart failed, this process goes on", metadata: ["error": "\(error)"])
                notifier.ready()
            }
        }
        notifier.stopping()
    }

    private func replace() async throws {
        logger.notice("starting a successor")
        notifier.reloading()
        let sockets = server.disownSocketFiles()
        do {
            let successor = try SuccessorProcess(arguments: arguments, sockets: sockets)
            // Unstructured, because it has to run on the loop wherever this runs; awaited at once.
            let waiting = Task(executorPreference: loop) { [loop, patience] in
                try await successor.waitUntilReady(on: loop, patience: patience)
            }
            try await withTaskCancellationHandler {
                try await waiting.value
            } onCancel: {
                waiting.cancel()
            }
            logger.notice("the successor is ready", metadata: ["pid": "\(successor.processID)"])
        } catch {
            server.ownSocketFiles()
            throw error
        }
    }
}
