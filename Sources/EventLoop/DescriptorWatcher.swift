import CEpoll
import Glibc

/// Readiness of one descriptor, watched edge-triggered by one loop.
///
/// Confined to the loop: not `Sendable`, and every entry point checks the thread. The kernel reports a change once; the
/// watcher remembers it until the owner says, with ``clearReadable()`` or ``clearWritable()``, that a call returned
/// `EAGAIN` (or a stream read returned less than was asked for). So a wait after a clear cannot miss anything: what
/// arrives later is a new edge, and the loop delivers it after the code that cleared has suspended.
///
/// A library that reads the descriptor by itself (libpq) may not know whether it saw `EAGAIN`: ``reexamine()`` asks the
/// kernel again and gives level-triggered behaviour for the next wait.
///
/// The owner calls ``close()`` before it closes the descriptor. Until then the loop keeps the watcher alive.
public final class DescriptorWatcher {
    /// The descriptor; owned by the caller and never closed here.
    public let descriptor: Int32
    /// The loop that the watcher is confined to.
    public let loop: EventLoop
    /// Whether the peer closed its sending side, or the connection failed (`EPOLLRDHUP`, `EPOLLHUP`, `EPOLLERR`).
    public private(set) var isPeerClosed = false
    /// Whether both directions are over (`EPOLLHUP`, `EPOLLERR`): what is written now reaches nobody.
    ///
    /// A peer that closed as a whole looks like one that closed its sending side only until it is written to.
    public private(set) var isBroken = false
    /// Called on the loop when ``isPeerClosed`` and when ``isBroken`` becomes true, once for both if they come together;
    /// cleared by ``close()``.
    public var onPeerClosed: (() -> Void)?

    // Not checked for overlapping access at run time: loop-confined, and each access is a few instructions.
    @exclusivity(unchecked) private var reading = Direction()
    @exclusivity(unchecked) private var writing = Direction()
    private var token: UInt64 = 0
    private var ticketLast: UInt64 = 0
    /// When ``waitReadablePatiently()`` returns at the latest; `nil` lets it wait for ever.
    @exclusivity(unchecked) public var patience: LoopInstant?
    private var timer: TimerHandle?
    private var timerDeadline: LoopInstant?
    private var isClosed = false

    /// A fault of the owner that hits only the second waiter: a trap would take every other connection with it.
    private static let isBusy = SocketError.failed(call: "wait", code: EBUSY)
    private static let events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    private enum Outcome {
        case ready, timedOut, cancelled

        func check() throws(SocketError) {
            switch self {
            case .ready: return
            case .timedOut: throw .timedOut
            case .cancelled: throw .cancelled
            }
        }
    }

    private enum Waiter {
        case task(UnsafeContinuation<Outcome, Never>)
        case callback((Outcome) -> Void)
    }

    private struct Direction {
        var isReady = false
        var waiter: Waiter?
        /// Names the wait that is under way, so that a late cancellation cannot hit the one after it.
        var ticket: UInt64 = 0
        var deadline: LoopInstant?

        mutating func suspend(_ waiter: Waiter, _ ticket: UInt64, _ deadline: LoopInstant?) {
            precondition(self.waiter == nil, "one waiter a direction")
            self.waiter = waiter
            self.ticket = ticket
            self.deadline = deadline
        }

        mutating func takeWaiter() -> Waiter? {
            guard let waiter else { return nil }
            self.waiter = nil
            deadline = nil
            return waiter
        }
    }

    /// Registers a descriptor with a loop (`EPOLL_CTL_ADD`, edge-triggered, both directions); must be called on the loop.
    ///
    /// Readiness that exists already is reported by the kernel in the loop's next round.
    ///
    /// - Parameters:
    ///   - descriptor: Non-blocking, of a kind that epoll can watch.
    ///   - loop: The loop of the calling thread.
    /// - Throws: ``SocketError/failed(call:code:)`` of `epoll_ctl`; ``SocketError/cancelled`` when the loop is stopping.
    public init(descriptor: Int32, loop: EventLoop) throws(SocketError) {
        self.descriptor = descriptor
        self.loop = loop
        token = try loop.register(self, events: Self.events)
    }

    /// Whether a read may make progress, as far as is known without asking the kernel.
    public var isReadable: Bool { reading.isReady }

    /// Waits until a read may make progress: data, end of stream or an error is there.
    ///
    /// Returns at once while readiness is known. One waiter a direction; a second one fails with `EBUSY`.
    ///
    /// - Parameter deadline: Latest return; `nil` waits for ever.
    /// - Throws: ``SocketError/timedOut`` at the deadline, ``SocketError/cancelled`` when the watcher is closed or the
    ///   task cancelled.
    public nonisolated(nonsending) func waitReadable(deadline: LoopInstant?) async throws(SocketError) {
        if reading.isReady && !isClosed { return }
        guard reading.waiter == nil else { throw Self.isBusy }
        try await waitCancellably { self.suspendReading($0, deadline) }
    }

    /// Waits as ``waitReadable(deadline:)`` does, until ``patience`` is over, but does not notice that its task is
    /// cancelled, only ``close()`` and ``interrupt()``.
    ///
    /// For the one wait of a server's connection a request: a cancellation handler costs three locked list operations,
    /// and a deadline as a parameter or an error several allocations, because an async function allocates each value of
    /// a type whose size is known at run time only.
    ///
    /// - Returns: Whether there was reason to look at the descriptor before the time was over; false at once when
    ///   somebody waits already.
    public nonisolated(nonsending) func waitReadablePatiently() async -> Bool {
        if isClosed || reading.isReady { return true }
        guard reading.waiter == nil else { return false }
        return await withUnsafeContinuation { continuation in
            _ = suspendReading(.task(continuation), patience)
        } != .timedOut
    }

    /// Calls a closure when a read may make progress, for a wait that has no task: a task that waits holds some
    /// kilobytes, a closure next to none.
    ///
    /// - Parameters:
    ///   - deadline: When it is called at the latest.
    ///   - body: Called on the loop, once, perhaps before this returns: also at the deadline, and when the watcher is
    ///     closed or interrupted.
    public func whenReadable(deadline: LoopInstant, _ body: @escaping () -> Void) {
        guard !isClosed, !reading.isReady else { return body() }
        _ = suspendReading(.callback { _ in body() }, deadline)
    }

    /// Waits until a write may make progress.
    ///
    /// - Parameter deadline: Latest return; `nil` waits for ever.
    /// - Throws: As ``waitReadable(deadline:)``.
    public nonisolated(nonsending) func waitWritable(deadline: LoopInstant?) async throws(SocketError) {
        if writing.isReady && !isClosed { return }
        guard writing.waiter == nil else { throw Self.isBusy }
        try await waitCancellably { self.suspendWriting($0, deadline) }
    }

    /// Says that a read found nothing more; the next wait sleeps until something new arrives.
    public func clearReadable() {
        reading.isReady = false
    }

    /// Says that a read would make progress without the descriptor: the owner holds something back that was read from it.
    public func noteReadable() {
        reading.isReady = true
    }

    /// Says that a write found no room; the next wait sleeps until there is room again.
    public func clearWritable() {
        writing.isReady = false
    }

    /// Forgets what is known and has the kernel report the present state again (`EPOLL_CTL_MOD`).
    ///
    /// - Throws: ``SocketError/failed(call:code:)`` of `epoll_ctl`; ``SocketError/cancelled`` after ``close()``.
    public func reexamine() throws(SocketError) {
        guard !isClosed else { throw .cancelled }
        loop.preconditionOnLoop()
        reading.isReady = false
        writing.isReady = false
        try loop.control(EPOLL_CTL_MOD, descriptor, events: Self.events, token: token)
    }

    /// Wakes waiters with ``SocketError/cancelled`` without closing, so that their task can look at something else.
    public func interrupt() {
        guard !isClosed else { return }
        loop.preconditionOnLoop()
        wakeReading(.cancelled)
        wakeWriting(.cancelled)
    }

    /// Unregisters the descriptor and wakes waiters with ``SocketError/cancelled``.
    ///
    /// May be called twice.
    public func close() {
        guard !isClosed else { return }
        loop.preconditionOnLoop()
        isClosed = true
        onPeerClosed = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        loop.unregister(self, token: token)
        wakeReading(.cancelled)
        wakeWriting(.cancelled)
    }

    /// Takes the kernel's report; called by the loop.
    func handle(_ events: UInt32) {
        let hangUp = EPOLLHUP.rawValue | EPOLLERR.rawValue
        let isEnd = events & (EPOLLRDHUP.rawValue | hangUp) != 0
        let isNews = isEnd && (!isPeerClosed || (!isBroken && events & hangUp != 0))
        // Before anybody is woken: a waiter without a task reads at once, and has to know that an end which is reported
        // now will not be reported again.
        if isEnd { isPeerClosed = true }
        if events & hangUp != 0 { isBroken = true }
        if events & EPOLLIN.rawValue != 0 || isEnd {
            reading.isReady = true
            wakeReading(.ready)
        }
        if events & (EPOLLOUT.rawValue | hangUp) != 0 {
            writing.isReady = true
            wakeWriting(.ready)
        }
        if isNews { onPeerClosed?() }
    }

    private nonisolated(nonsending) func waitCancellably(
        _ suspend: (Waiter) -> UInt64
    ) async throws(SocketError) {
        guard !isClosed, !Task.isCancelled else { throw .cancelled }
        // The ticket of the coming suspension; nothing else of this loop runs until then.
        let (ticket, token, loop) = (ticketLast + 1, token, loop)
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let given = suspend(.task(continuation))
                assert(given == ticket)
            }
        } onCancel: {
            // Queued behind the job that is running now, so the waiter is in place when this runs.
            loop.execute { loop.watcher(token)?.cancelWait(ticket) }
        }
        try outcome.check()
    }

    /// Takes the waiter for reading.
    ///
    /// - Returns: The ticket of the wait.
    private func suspendReading(_ waiter: Waiter, _ deadline: LoopInstant?) -> UInt64 {
        loop.preconditionOnLoop()
        ticketLast += 1
        reading.suspend(waiter, ticketLast, deadline)
        if let deadline { armTimer(at: deadline) }
        return ticketLast
    }

    private func suspendWriting(_ waiter: Waiter, _ deadline: LoopInstant?) -> UInt64 {
        loop.preconditionOnLoop()
        ticketLast += 1
        writing.suspend(waiter, ticketLast, deadline)
        if let deadline { armTimer(at: deadline) }
        return ticketLast
    }

    private func cancelWait(_ ticket: UInt64) {
        if reading.ticket == ticket { wakeReading(.cancelled) }
        if writing.ticket == ticket { wakeWriting(.cancelled) }
    }

    private func wakeReading(_ outcome: Outcome) {
        wake(reading.takeWaiter(), outcome)
    }

    private func wakeWriting(_ outcome: Outcome) {
        wake(writing.takeWaiter(), outcome)
    }

    private func wake(_ waiter: Waiter?, _ outcome: Outcome) {
        switch waiter {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .callback(let body): body(outcome)
        case nil: break
        }
    }

    /// Makes sure that a timer is pending at or before a deadline.
    ///
    /// A timer that is early is left alone and looks again when it fires: a connection that waits for each request with
    /// a later deadline than before touches the heap once a timeout, not once a request.
    private func armTimer(at deadline: LoopInstant) {
        if let timer, let timerDeadline {
            if timerDeadline <= deadline { return }
            loop.cancel(timer)
        }
        timerDeadline = deadline
        timer = loop.schedule(at: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        let now = loop.now()
        if let deadline = reading.deadline, deadline <= now { wakeReading(.timedOut) }
        if let deadline = writing.deadline, deadline <= now { wakeWriting(.timedOut) }
        if let deadline = reading.deadline { armTimer(at: deadline) }
        if let deadline = writing.deadline { armTimer(at: deadline) }
    }
}
