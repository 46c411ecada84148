import DequeModule
import EventLoop

/// The bookkeeping of a pool: who gets which connection.
///
/// A value without I/O and without a lock.
///
/// A caller gets an idle connection of its own loop; else room for a new one while its loop has less than its share;
/// else an idle one of another loop; else room while there is any at all; else it waits in line, first come first
/// served.
struct PoolState<Connection, Waiter> {
    /// What a caller gets.
    enum Grant {
        case connection(Connection)
        /// Room for a new connection, which the caller opens; counted as open already.
        case room
    }

    /// The answer to a caller.
    enum Answer {
        case granted(Grant)
        /// The caller may wait in line; see `join`.
        case wait(ticket: UInt64)
        /// Too many wait already.
        case full
        case closed
    }

    /// The answer to a caller that joins the line.
    enum Joining {
        /// A connection has come back since the caller asked.
        case granted(Grant)
        /// The caller is in line; the first one in it needs a timer.
        case joined(isFirst: Bool)
        case closed
    }

    /// What to do with a connection that has come back.
    enum Return {
        case kept
        case handOver(Waiter)
        /// The pool is closed: close the connection, then `freeRoom`.
        case close
    }

    private struct Entry {
        let waiter: Waiter
        let loop: Int
        let deadline: LoopInstant
    }

    /// Bound of `openCount`.
    let openMax: Int
    /// Bound of callers in line.
    let waitersMax: Int
    /// Connections in use, idle or being opened.
    private(set) var openCount = 0
    /// True after `close()`.
    private(set) var isClosed = false
    /// Callers that were sent away.
    private(set) var refusedCount = 0

    /// The part of `openCount` of each loop.
    private var openCounts: [Int]
    private var idle: [(connection: Connection, loop: Int)] = []
    private var waiters: [UInt64: Entry] = [:]
    /// Tickets in order of arrival; those of callers that have gone are skipped.
    private var line: Deque<UInt64> = []
    private var lastTicket: UInt64 = 0

    /// An empty pool.
    init(openMax: Int, waitersMax: Int, loopCount: Int) {
        self.openMax = openMax
        self.waitersMax = waitersMax
        openCounts = Array(repeating: 0, count: loopCount)
    }

    /// Connections that nobody uses.
    var idleCount: Int { idle.count }

    /// Callers in line.
    var waitingCount: Int { waiters.count }

    /// A caller on a loop wants a connection.
    mutating func request(on loop: Int) -> Answer {
        if isClosed { return .closed }
        if let grant = grant(on: loop) { return .granted(grant) }
        guard waiters.count < waitersMax else {
            refusedCount += 1
            return .full
        }
        lastTicket += 1
        return .wait(ticket: lastTicket)
    }

    /// The caller that got a ticket waits.
    mutating func join(
        _ ticket: UInt64,
        _ waiter: Waiter,
        on loop: Int,
        until deadline: LoopInstant
    ) -> Joining {
        if isClosed { return .closed }
        if let grant = grant(on: loop) { return .granted(grant) }
        waiters[ticket] = Entry(waiter: waiter, loop: loop, deadline: deadline)
        line.append(ticket)
        return .joined(isFirst: waiters.count == 1)
    }

    /// A caller in line has gone.
    ///
    /// - Returns: `nil` when it was served or sent away before.
    mutating func leave(_ ticket: UInt64) -> Waiter? {
        waiters.removeValue(forKey: ticket)?.waiter
    }

    /// Sends away who has waited too long.
    ///
    /// - Returns: Those callers, and the time to look again, `nil` when nobody is left in line.
    mutating func expire(now: LoopInstant) -> (expired: [Waiter], next: LoopInstant?) {
        var expired: [Waiter] = []
        while let ticket = line.first {
            if let entry = waiters[ticket] {
                if entry.deadline > now { return (expired, entry.deadline) }
                waiters[ticket] = nil
                expired.append(entry.waiter)
                refusedCount += 1
            }
            line.removeFirst()
        }
        return (expired, nil)
    }

    /// A connection in a known state has come back.
    mutating func giveBack(_ connection: Connection, loop: Int) -> Return {
        if isClosed { return .close }
        if let entry = popEntry() { return .handOver(entry.waiter) }
        idle.append((connection, loop))
        return .kept
    }

    /// A connection of a loop was closed, or could not be opened.
    ///
    /// - Returns: The caller that gets the room, if one waits.
    mutating func freeRoom(loop: Int) -> Waiter? {
        openCount -= 1
        openCounts[loop] -= 1
        guard let entry = popEntry() else { return nil }
        takeRoom(on: entry.loop)
        return entry.waiter
    }

    /// Takes all idle connections out; they still count as open.
    mutating func takeIdle() -> [Connection] {
        defer { idle = [] }
        return idle.map(\.connection)
    }

    /// Ends the pool.
    ///
    /// - Returns: The idle connections, to be closed, and the callers in line, to be sent away.
    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        let sentAway = waiters.values.map(\.waiter)
        waiters = [:]
        line = []
        return (takeIdle(), sentAway)
    }

    private mutating func grant(on loop: Int) -> Grant? {
        // The most recently used one first, so that connections which are not needed grow old.
        if let index = idle.lastIndex(where: { $0.loop == loop }) {
            return .connection(idle.remove(at: index).connection)
        }
        let share = max(1, openMax / openCounts.count)
        let hasRoom = openCount < openMax
        if !hasRoom || openCounts[loop] >= share, let other = idle.popLast() { return .connection(other.connection) }
        guard hasRoom else { return nil }
        takeRoom(on: loop)
        return .room
    }

    private mutating func takeRoom(on loop: Int) {
        openCount += 1
        openCounts[loop] += 1
    }

    private mutating func popEntry() -> Entry? {
        while let ticket = line.popFirst() {
            if let entry = waiters.removeValue(forKey: ticket) { return entry }
        }
        return nil
    }
}
