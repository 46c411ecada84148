import DequeModule
import EventLoop
import Logging
import Synchronization

/// A bounded set of connections, each confined to one loop.
///
/// A caller gets an idle connection of its own loop; else a new one there while its loop has less than its share of
/// the pool; else an idle one of another loop; else a new one while there is room at all; else it waits in line. A
/// connection in an unknown state is closed, never handed out again.
final class ConnectionPool: Sendable {
    /// How connections are opened.
    let settings: ConnectionSettings

    /// The loops that connections live on.
    let group: EventLoopGroup

    /// Stops statements whose caller has gone.
    let canceller: Canceller

    private let state: Mutex<State>

    /// Connections that a loop may open although others have idle ones.
    private let loopShare: Int

    /// What a caller in line gets.
    private enum Grant: Sendable {
        case connection(ServerConnection)
        /// Room for a new connection, which the caller opens.
        case room
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Grant, any Error>
        let loop: EventLoop
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var idle: [ServerConnection] = []
        var openCount = 0
        /// The part of `openCount` of each loop, by its index.
        var openCounts: [Int]
        var waiters: [UInt64: Waiter] = [:]
        /// Tickets in order of arrival; those of callers that have gone are skipped.
        var line: Deque<UInt64> = []
        var lastTicket: UInt64 = 0
        var isClosed = false
        var closeWaiter: CheckedContinuation<Void, Never>?
        var openedTotal = 0
        var refusedTotal = 0
        var lastFailure: String?

        /// Counts a connection that is about to be opened.
        mutating func takeRoom(on loop: EventLoop) {
            openCount += 1
            openCounts[loop.index] += 1
        }

        /// The first caller in line.
        mutating func popWaiter() -> Waiter? {
            while let ticket = line.popFirst() {
                if let waiter = waiters.removeValue(forKey: ticket) { return waiter }
            }
            return nil
        }
    }

    /// An empty pool; connections are opened when they are needed.
    init(settings: ConnectionSettings, group: EventLoopGroup) {
        self.settings = settings
        self.group = group
        state = Mutex(State(openCounts: Array(repeating: 0, count: group.loops.count)))
        loopShare = max(1, settings.configuration.poolSize / group.loops.count)
        canceller = Canceller(countMax: settings.configuration.limits.cancelRequestsMax, logger: settings.logger)
    }

    /// Present numbers.
    var statistics: PoolStatistics {
        state.withLock { state in
            PoolStatistics(
                openMax: settings.configuration.poolSize,
                open: state.openCount,
                idle: state.idle.count,
                waiting: state.waiters.count,
                openedTotal: state.openedTotal,
                refusedTotal: state.refusedTotal
            )
        }
    }

    /// Runs `body` on the loop of a connection that nobody else uses meanwhile.
    ///
    /// - Throws: What `body` throws; `PostgresError` `.poolTimeout`, `.poolExhausted`, `.closed`, or why no connection
    ///   could be opened; `CancellationError`.
    func withConnection<R: Sendable>(_ body: (ServerConnection) async throws -> R) async throws -> R {
        let deadline = ContinuousClock.now.advanced(by: settings.configuration.waitTimeout)
        while true {
            let connection = try await lease(until: deadline)
            let result = try await connection.onLoop { () -> R? in
                // A server that was restarted has closed the idle connections: nothing was sent, take another one.
                guard connection.isAliveWhenIdle() else {
                    release(connection)
                    return nil
                }
                defer { release(connection) }
                return .some(try await body(connection))
            }
            if let result { return result }
        }
    }

    /// Closes what has been idle for longer than `PostgresLimits.idleConnectionMax`.
    func closeIdle() {
        let latest = ContinuousClock.now.advanced(by: .zero - settings.configuration.limits.idleConnectionMax)
        // `lastUse` belongs to the loops, so each connection is leased before it is looked at.
        let candidates = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        for connection in candidates {
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
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.waiters = [:]
                state.line = []
            }
            return (state.idle, Array(state.waiters.values))
        }
        for waiter in waiters { waiter.continuation.resume(throwing: Self.closedError) }
        for connection in idle {
            connection.loop.execute { self.release(connection) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.openCount == 0 || state.closeWaiter != nil { return true }
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

    static let closedError = PostgresError(.closed, "the database was closed")
}

// MARK: - Leases

extension ConnectionPool {
    private enum Step {
        case grant(Grant)
        case wait(ticket: UInt64)
        case refuse(PostgresError)
    }

    /// A connection for the caller alone; give it back with `release(_:)`.
    private func lease(until deadline: ContinuousClock.Instant) async throws -> ServerConnection {
        try Task.checkCancellation()
        let loop = home(of: EventLoop.current)
        let step = state.withLock { state in nextStep(&state, on: loop) }
        switch step {
        case .grant(let grant): return try await connection(for: grant, on: loop, until: deadline)
        case .refuse(let error): throw error
        case .wait(let ticket):
            let grant = try await wait(ticket, on: loop, until: deadline)
            return try await connection(for: grant, on: loop, until: deadline)
        }
    }

    /// The caller's loop if it is one of this group, else any.
    private func home(of current: EventLoop?) -> EventLoop {
        if let current, current.index < group.loops.count, group.loops[current.index] === current { return current }
        return group.next()
    }

    private func nextStep(_ state: inout State, on loop: EventLoop) -> Step {
        if state.isClosed { return .refuse(Self.closedError) }
        if let grant = grant(&state, on: loop) { return .grant(grant) }
        let waitersMax = settings.configuration.limits.poolWaitersMax
        guard state.waiters.count < waitersMax else {
            state.refusedTotal += 1
            return .refuse(
                PostgresError(.poolExhausted, "\(waitersMax) callers wait for a database connection already")
            )
        }
        state.lastTicket += 1
        return .wait(ticket: state.lastTicket)
    }

    /// A connection or room for one, if there is any.
    private func grant(_ state: inout State, on loop: EventLoop) -> Grant? {
        // The most recently used one first, so that connections which are not needed become idle.
        if let index = state.idle.lastIndex(where: { $0.loop === loop }) {
            return .connection(state.idle.remove(at: index))
        }
        let hasRoom = state.openCount < settings.configuration.poolSize
        if !hasRoom || state.openCounts[loop.index] >= loopShare, let connection = state.idle.popLast() {
            return .connection(connection)
        }
        guard hasRoom else { return nil }
        state.takeRoom(on: loop)
        return .room
    }

    private func wait(
        _ ticket: UInt64,
        on loop: EventLoop,
        until deadline: ContinuousClock.Instant
    ) async throws -> Grant {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(ticket, Waiter(continuation: continuation, loop: loop, deadline: deadline))
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Puts a caller in line, unless a connection has come back in the meantime or the caller has gone.
    private func join(_ ticket: UInt64, _ waiter: Waiter) {
        enum Outcome {
            case granted(Grant), refused(any Error), joined(isFirst: Bool)
        }
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .refused(Self.closedError) }
            // The handler of a task that is cancelled already ran before there was anything to remove.
            if Task.isCancelled { return .refused(CancellationError()) }
            if let grant = grant(&state, on: waiter.loop) { return .granted(grant) }
            state.waiters[ticket] = waiter
            state.line.append(ticket)
            return .joined(isFirst: state.waiters.count == 1)
        }
        switch outcome {
        case .granted(let grant): waiter.continuation.resume(returning: grant)
        case .refused(let error): waiter.continuation.resume(throwing: error)
        case .joined(let isFirst): if isFirst { scheduleExpiry(at: waiter.deadline) }
        }
    }

    /// Sends callers away whose time is over, then looks again at the next one's deadline.
    ///
    /// All wait equally long, so that one timer for the first in line serves all of them.
    private func scheduleExpiry(at deadline: ContinuousClock.Instant) {
        let loop = group.loops[0]
        loop.execute { [weak self] in
            loop.schedule(at: deadline) { self?.expire() }
        }
    }

    private func expire() {
        let now = ContinuousClock.now
        let (expired, next, error) = state.withLock { state in
            var expired: [Waiter] = []
            while let ticket = state.line.first {
                if let waiter = state.waiters[ticket] {
                    if waiter.deadline > now { break }
                    expired.append(waiter)
                    state.waiters[ticket] = nil
                }
                state.line.removeFirst()
            }
            state.refusedTotal += expired.count
            let next = state.line.first.flatMap { state.waiters[$0]?.deadline }
            return (expired, next, timeoutError(state))
        }
        for waiter in expired { waiter.continuation.resume(throwing: error) }
        if let next { scheduleExpiry(at: next) }
    }

    private func timeoutError(_ state: State) -> PostgresError {
        let configuration = settings.configuration
        var message = "no database connection became free within \(configuration.waitTimeout): "
        message += "\(state.openCount) of \(configuration.poolSize) in use, \(state.waiters.count) more callers wait"
        if let failure = state.lastFailure { message += "; the last attempt to connect failed: \(failure)" }
        return PostgresError(.poolTimeout, message)
    }

    private func connection(
        for grant: Grant,
        on loop: EventLoop,
        until deadline: ContinuousClock.Instant
    ) async throws -> ServerConnection {
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

    /// Opens a connection; while the server restarts or cannot be reached, tries again until the deadline.
    private func open(on loop: EventLoop, until deadline: ContinuousClock.Instant) async throws -> ServerConnection {
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
                state.withLock { $0.lastFailure = error.message }
                let isClosed = state.withLock(\.isClosed)
                guard !isClosed, ContinuousClock.now.advanced(by: pause) < deadline else { throw error }
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }

    /// Takes a connection back; must be on its loop.
    private func release(_ connection: ServerConnection) {
        let isClosed = state.withLock(\.isClosed)
        guard connection.isReusable, !isClosed else {
            connection.close()
            return freeRoom(of: connection.loop)
        }
        let waiter = state.withLock { state in
            let waiter = state.popWaiter()
            if waiter == nil { state.idle.append(connection) }
            return waiter
        }
        waiter?.continuation.resume(returning: .connection(connection))
    }

    /// Notes that a connection is gone and lets the next caller in line open one.
    private func freeRoom(of loop: EventLoop) {
        let (waiter, isEmpty) = state.withLock { state in
            state.openCount -= 1
            state.openCounts[loop.index] -= 1
            let waiter = state.popWaiter()
            if let waiter { state.takeRoom(on: waiter.loop) }
            return (waiter, state.isClosed && state.openCount == 0)
        }
        waiter?.continuation.resume(returning: .room)
        if isEmpty { endClose() }
    }
}

extension ServerConnection {
    /// `open` from any executor.
    static func openOnLoop(
        _ settings: ConnectionSettings,
        loop: EventLoop,
        canceller: Canceller
    ) async throws -> ServerConnection {
        if loop.isCurrent { return try await open(settings, loop: loop, canceller: canceller) }
        return try await withTaskExecutorPreference(loop) {
            try await open(settings, loop: loop, canceller: canceller)
        }
    }
}
