import EventLoop
import Logging
import Synchronization

/// A bounded set of connections, each confined to one loop; `PoolState` says who gets which.
///
/// A connection in an unknown state is closed, never handed out again.
final class ConnectionPool: Sendable {
    private typealias Waiter = CheckedContinuation<Grant, any Error>

    /// What a caller in line gets.
    private enum Grant: Sendable {
        case connection(ServerConnection)
        case room

        init(_ grant: PoolState<ServerConnection, Waiter>.Grant) {
            switch grant {
            case .connection(let connection): self = .connection(connection)
            case .room: self = .room
            }
        }
    }

    private struct State {
        var pool: PoolState<ServerConnection, Waiter>
        var closeWaiter: CheckedContinuation<Void, Never>?
        var openedTotal = 0
        var lastFailure: String?
    }

    /// How connections are opened.
    let settings: ConnectionSettings

    /// The loops that connections live on.
    let group: EventLoopGroup

    /// Stops statements whose caller has gone.
    let canceller: Canceller

    private let state: Mutex<State>

    private static let closedError = PostgresError(.closed, "the database was closed")

    /// An empty pool; connections are opened when they are needed.
    init(settings: ConnectionSettings, group: EventLoopGroup) {
        self.settings = settings
        self.group = group
        let limits = settings.configuration.limits
        canceller = Canceller(countMax: limits.cancelRequestsMax, logger: settings.logger)
        let pool = PoolState<ServerConnection, Waiter>(
            openMax: settings.configuration.poolSize,
            waitersMax: limits.poolWaitersMax,
            loopCount: group.loops.count
        )
        state = Mutex(State(pool: pool))
    }

    /// Present numbers.
    var statistics: PoolStatistics {
        state.withLock { state in
            PoolStatistics(
                openMax: state.pool.openMax,
                open: state.pool.openCount,
                idle: state.pool.idleCount,
                waiting: state.pool.waitingCount,
                openedTotal: state.openedTotal,
                refusedTotal: state.pool.refusedCount
            )
        }
    }

    /// Runs `body` on the loop of a connection that nobody else uses meanwhile.
    ///
    /// - Throws: What `body` throws; `PostgresError` `.poolTimeout`, `.poolExhausted`, `.closed`, or why no connection
    ///   could be opened; `CancellationError`.
    func withConnection<R: Sendable>(_ body: (ServerConnection) async throws -> R) async throws -> R {
        let deadline = LoopInstant.now.advanced(by: settings.configuration.waitTimeout)
        while true {
            let connection = try await lease(until: deadline)
            let result = try await connection.onLoop { () -> R? in
                defer { release(connection) }
                // A server that was restarted has closed the idle connections: nothing was sent, take another one.
                guard connection.isAliveWhenIdle() else { return nil }
                return .some(try await body(connection))
            }
            if let result { return result }
        }
    }

    /// Closes what has been idle for longer than `PostgresLimits.idleConnectionMax`.
    func closeIdle() {
        let latest = LoopInstant.now.advanced(by: .zero - settings.configuration.limits.idleConnectionMax)
        // `lastUse` belongs to the loops, so the connections are taken out before they are looked at there.
        for connection in state.withLock({ $0.pool.takeIdle() }) {
            connection.loop.execute { [self] in
                if connection.lastUse < latest { connection.isBroken = true }
                release(connection)
            }
        }
    }

    /// Closes the pool: nobody gets a connection any more, callers in line are sent away, idle connections are closed.
    ///
    /// Returns when the connections in use have come back, at the latest after `PostgresLimits.closeWaitMax`.
    func close() async {
        let (idle, waiters) = state.withLock { $0.pool.close() }
        for waiter in waiters { waiter.resume(throwing: Self.closedError) }
        for connection in idle {
            connection.loop.execute { self.release(connection) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.pool.openCount == 0 || state.closeWaiter != nil { return true }
                state.closeWaiter = continuation
                return false
            }
            if isEmpty { return continuation.resume() }
            // Not on a loop: those may have been stopped too early. Ends by itself, at the latest at the limit.
            Task { [self] in
                try? await Task.sleep(for: settings.configuration.limits.closeWaitMax)
                endClose()
            }
        }
    }

    private func endClose() {
        let waiter = state.withLock { state in
            defer { state.closeWaiter = nil }
            return state.closeWaiter
        }
        waiter?.resume()
    }
}

// MARK: - Leases

extension ConnectionPool {
    /// A connection for the caller alone; give it back with `release(_:)`.
    private func lease(until deadline: LoopInstant) async throws -> ServerConnection {
        try Task.checkCancellation()
        let loop = home(of: EventLoop.current)
        let grant: Grant
        switch state.withLock({ $0.pool.request(on: loop.index) }) {
        case .granted(let granted): grant = Grant(granted)
        case .wait(let ticket): grant = try await wait(ticket, on: loop, until: deadline)
        case .closed: throw Self.closedError
        case .full:
            let waitersMax = settings.configuration.limits.poolWaitersMax
            throw PostgresError(.poolExhausted, "\(waitersMax) callers wait for a database connection already")
        }
        switch grant {
        case .connection(let connection): return connection
        case .room:
            do {
                return try await open(on: loop, until: deadline)
            } catch {
                freeRoom(of: loop)
                throw error
            }
        }
    }

    /// The caller's loop if it is one of this group, else any.
    private func home(of current: EventLoop?) -> EventLoop {
        if let current, current.index < group.loops.count, group.loops[current.index] === current { return current }
        return group.next()
    }

    private func wait(
        _ ticket: UInt64,
        on loop: EventLoop,
        until deadline: LoopInstant
    ) async throws -> Grant {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let joining = state.withLock { state -> PoolState<ServerConnection, Waiter>.Joining? in
                    // The handler of a task that was cancelled before found nobody in line to remove.
                    if Task.isCancelled { return nil }
                    return state.pool.join(ticket, waiter, on: loop.index, until: deadline)
                }
                switch joining {
                case .granted(let grant): waiter.resume(returning: Grant(grant))
                case .joined(let isFirst): if isFirst { scheduleExpiry(at: deadline) }
                case .closed: waiter.resume(throwing: Self.closedError)
                case nil: waiter.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.pool.leave(ticket) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// All callers wait equally long, so that one timer for the first in line serves all of them.
    private func scheduleExpiry(at deadline: LoopInstant) {
        let loop = group.loops[0]
        loop.execute { [weak self] in
            loop.schedule(at: deadline) { self?.expire() }
        }
    }

    private func expire() {
        let (expired, next, error) = state.withLock { state in
            let (expired, next) = state.pool.expire(now: .now)
            return (expired, next, timeoutError(state))
        }
        for waiter in expired { waiter.resume(throwing: error) }
        if let next { scheduleExpiry(at: next) }
    }

    private func timeoutError(_ state: State) -> PostgresError {
        let (open, waiting) = (state.pool.openCount, state.pool.waitingCount)
        var message = "no database connection became free within \(settings.configuration.waitTimeout): "
        message += "\(open) of \(state.pool.openMax) in use, \(waiting) more callers wait"
        if let failure = state.lastFailure { message += "; the last attempt to connect failed: \(failure)" }
        return PostgresError(.poolTimeout, message)
    }

    /// Opens a connection; while the server restarts or cannot be reached, tries again until the deadline.
    private func open(on loop: EventLoop, until deadline: LoopInstant) async throws -> ServerConnection {
        var attempt = 1
        while true {
            do {
                let connection = try await ServerConnection.openOnLoop(settings, loop: loop, canceller: canceller)
                state.withLock { state in
                    state.openedTotal += 1
                    state.lastFailure = nil
                }
                return connection
            } catch let error as PostgresError where error.kind == .connection {
                let pause = settings.configuration.limits.backoff(afterAttempt: attempt)
                let isClosed = state.withLock { state in
                    state.lastFailure = error.message
                    return state.pool.isClosed
                }
                guard !isClosed, LoopInstant.now.advanced(by: pause) < deadline else { throw error }
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }

    /// Takes a connection back; must be on its loop.
    private func release(_ connection: ServerConnection) {
        guard connection.isReusable else {
            connection.close()
            return freeRoom(of: connection.loop)
        }
        switch state.withLock({ $0.pool.giveBack(connection, loop: connection.loop.index) }) {
        case .kept: return
        case .handOver(let waiter): waiter.resume(returning: .connection(connection))
        case .close:
            connection.close()
            freeRoom(of: connection.loop)
        }
    }

    /// Notes that a connection is gone and lets the next caller in line open one.
    private func freeRoom(of loop: EventLoop) {
        let (waiter, isOver) = state.withLock { state in
            let waiter = state.pool.freeRoom(loop: loop.index)
            return (waiter, state.pool.isClosed && state.pool.openCount == 0)
        }
        waiter?.resume(returning: .room)
        if isOver { endClose() }
    }
}
