import CLibPQ
import DequeModule
import EventLoop
import Logging

/// One connection to a server: a `PGconn` in non-blocking pipeline mode, driven by one event loop.
///
/// Every method runs on `loop`; callers get there by `onLoop(_:)`. Exchanges with the server take turns, so that a
/// transaction may be used by several child tasks.
///
/// Source: PostgreSQL documentation, "Asynchronous Command Processing" and "Pipeline Mode".
final class ServerConnection: @unchecked Sendable {
    // `@unchecked Sendable`: all mutable state is confined to `loop`.

    /// The thread of this connection.
    let loop: EventLoop

    /// Where it was opened to, and the bounds.
    let settings: ConnectionSettings

    /// The prepared statements.
    var statements: StatementCache

    /// BEGIN, when a transaction has been asked for and nothing has been sent yet; goes out with the next statement.
    var pendingBegin: SQL?

    /// The setting that the session has.
    var setting = SettingState()

    /// Whether the last exchange with the server failed in a way that leaves its state unknown.
    var isBroken = false

    /// When it was last used.
    private(set) var lastUse: LoopInstant

    /// When the server last said something.
    private(set) var lastInput: LoopInstant

    /// libpq's connection; `nil` after `close()`.
    private(set) var handle: OpaquePointer?

    private var watcher: DescriptorWatcher
    private let canceller: Canceller
    private let notices: NoticeSink
    private var isBusy = false
    private var turns: Deque<UnsafeContinuation<Void, Never>> = []

    /// Takes the ownership of an open connection; must be on the loop.
    init(
        handle: OpaquePointer,
        loop: EventLoop,
        settings: ConnectionSettings,
        canceller: Canceller
    ) throws {
        self.loop = loop
        self.settings = settings
        self.canceller = canceller
        self.handle = handle
        statements = StatementCache(countMax: settings.configuration.limits.statementsCachedMax)
        lastUse = .now
        lastInput = .now
        notices = NoticeSink(logger: settings.logger)
        watcher = try DescriptorWatcher(descriptor: PQsocket(handle), loop: loop)
        notices.install(on: handle)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            watcher.close()
            // The caller finishes it; `deinit` must not.
            self.handle = nil
            throw PostgresError(lost: handle, outcome: .notExecuted)
        }
    }

    deinit {
        // Only a connection that nobody closed gets here; its descriptor is watched until the loop says otherwise.
        guard let handle else { return }
        nonisolated(unsafe) let (handleToFinish, watcherToClose) = (handle, watcher)
        loop.execute {
            watcherToClose.close()
            PQfinish(handleToFinish)
        }
    }

    /// Runs `body` on the connection's loop, from any executor.
    func onLoop<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        if loop.isCurrent { return try await body() }
        return try await withTaskExecutorPreference(loop) { try await body() }
    }

    /// True when the server waits for a statement outside of any transaction.
    var isReusable: Bool {
        !isBroken && !isBusy && pendingBegin == nil && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// True inside a transaction block, a failed one included.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Looks, without waiting, whether the server has closed an unused connection.
    ///
    /// - Returns: True when a statement may be sent.
    func isAliveWhenIdle() -> Bool {
        guard isReusable, let handle else { return false }
        // The last words of a server and the end of the stream are read by separate calls.
        for _ in 0..<8 where hasInput {
            guard PQconsumeInput(handle) == 1 else {
                watcher.close()
                return false
            }
            _ = PQisBusy(handle)
        }
        return PQstatus(handle) == CONNECTION_OK
    }

    /// Closes the connection; the server rolls back what is open.
    ///
    /// May be called twice.
    func close() {
        guard let handle else { return }
        isBroken = true
        // The watcher goes first: a descriptor that is closed while it is watched may be somebody else's at once.
        watcher.close()
        PQfinish(handle)
        self.handle = nil
    }

    /// Runs `body` when all exchanges asked for before are over.
    func inTurn<R>(_ body: (OpaquePointer) async throws -> R) async throws -> R {
        // A loop that was stopped leaves its tasks to the global executor, where nothing here may be touched.
        guard loop.isCurrent else { throw PostgresError(.closed, "the event loop was stopped") }
        if isBusy {
            await withUnsafeContinuation { turns.append($0) }
        }
        isBusy = true
        defer {
            isBusy = false
            lastUse = loop.now()
            // The next one runs later on this loop; `isBusy` stays set so that nobody overtakes it.
            if let next = turns.popFirst() {
                isBusy = true
                next.resume()
            }
        }
        guard let handle, !isBroken else {
            throw PostgresError(.connection, "the connection was closed", outcome: .notExecuted)
        }
        // Nothing has been sent yet: a cancelled caller costs no connection here.
        try Task.checkCancellation()
        return try await body(handle)
    }

    /// Sends what libpq has buffered.
    func flush(_ handle: OpaquePointer) async throws {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                watcher.clearWritable()
                // The server may itself be waiting for us to read: PQflush reads whenever it cannot write, so it is
                // called again soon even if the socket stays full.
                let deadline = loop.now().advanced(by: .milliseconds(5))
                do throws(SocketError) {
                    try await watcher.waitWritable(deadline: deadline)
                } catch {
                    if error != .timedOut { throw giveUp(handle, error) }
                }
            default: throw lost(handle)
            }
        }
    }

    /// The next result of the current exchange; `nil` ends the results of one statement.
    ///
    /// - Parameters:
    ///   - handle: The connection of this turn.
    ///   - silenceMax: How long the server may say nothing; `nil` waits for ever.
    /// - Returns: A result that the caller frees.
    /// - Throws: `PostgresError` `.connection` or `.timeout`; `CancellationError`. The connection is broken then.
    func nextResult(_ handle: OpaquePointer, silenceMax: Duration?) async throws -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try await readMore(handle, deadline: silenceMax.map { LoopInstant.now.advanced(by: $0) })
        }
        return PQgetResult(handle)
    }

    /// Waits for bytes of the server and has libpq read them.
    private func readMore(_ handle: OpaquePointer, deadline: LoopInstant?) async throws {
        guard try await waitForInput(handle, deadline: deadline) else { throw giveUp(handle, .timedOut) }
    }

    /// Waits for bytes of the server and has libpq read them.
    ///
    /// - Returns: False when the deadline passed first.
    func waitForInput(_ handle: OpaquePointer, deadline: LoopInstant?) async throws -> Bool {
        guard PQstatus(handle) == CONNECTION_OK else { throw lost(handle) }
        // libpq does not say whether it has emptied the socket, and an edge that was seen does not come back.
        if !hasInput {
            watcher.clearReadable()
            do throws(SocketError) {
                try await watcher.waitReadable(deadline: deadline)
            } catch {
                if error == .timedOut { return false }
                throw giveUp(handle, error)
            }
        }
        lastInput = loop.now()
        // Under TLS the rest of a record (16 KiB, of which a call reads at least 8) waits in memory, unseen by poll.
        for round in 0..<(PQsslInUse(handle) == 1 ? 4 : 1) where PQconsumeInput(handle) == 0 {
            let error = lost(handle)
            if round == 0 { throw error }
            // The end of the stream came behind the server's last words, which are still to be read.
            break
        }
        return true
    }

    /// Marks the connection as broken and says why.
    func lost(_ handle: OpaquePointer, outcome: PostgresError.Outcome = .unknown) -> PostgresError {
        isBroken = true
        // libpq may have closed the socket already, and its number may soon be another connection's on this loop.
        watcher.close()
        return PostgresError(lost: handle, outcome: outcome)
    }

    /// Leaves an answer unread: the server is asked to stop, the connection is not used again.
    func abandon(_ handle: OpaquePointer) {
        isBroken = true
        canceller.cancel(handle)
    }

    /// Gives an exchange up in the middle: the server is asked to stop, the connection is not used again.
    private func giveUp(_ handle: OpaquePointer, _ reason: SocketError) -> any Error {
        abandon(handle)
        switch reason {
        case .timedOut: return PostgresError(.timeout, "the server did not answer in time", outcome: .unknown)
        case .cancelled where Task.isCancelled: return CancellationError()
        case .cancelled: return PostgresError(.closed, "the event loop was stopped", outcome: .unknown)
        case .failed, .unresolved: return PostgresError(.connection, reason.description, outcome: .unknown)
        }
    }

    /// Whether the socket has bytes or its end to read, by poll(2) without waiting.
    private var hasInput: Bool {
        Poll.isReadable(watcher.descriptor)
    }
}
