import CEpoll
import Glibc
import Synchronization

/// One thread with one epoll instance that runs Swift tasks: a `TaskExecutor`.
///
/// A task started with `Task(executorPreference: loop)` runs on the loop's thread, and so do the nonisolated async
/// functions it calls; resuming it from an event of the same loop costs no lock and no other thread. Descriptors are
/// watched with ``DescriptorWatcher``, time with ``schedule(at:_:)`` and ``sleep(for:)``.
///
/// Nothing may block the thread: every other connection of the loop waits meanwhile.
///
/// The loop runs until its group shuts it down. Tasks that are resumed after that finish on the global executor, where
/// their waits fail with ``SocketError/cancelled``.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    // `@unchecked Sendable`: `remote` is guarded by its mutex, the other variables are touched on the loop's thread
    // only (checked by `preconditionOnLoop()` at every entry point).

    /// Position in the group, from 0; also in the thread's name.
    public let index: Int

    let epoll: Int32
    private let wakeUp: Int32
    @exclusivity(unchecked) private var alarm: LoopAlarm
    private let remote = Mutex(Remote())
    private let attention = Atomic(Attention.awake)

    // Not checked for overlapping access at run time: one thread touches them, in short accesses that call nothing else.
    @exclusivity(unchecked) private var local: [Work] = []
    @exclusivity(unchecked) private var batch: [Work] = []
    @exclusivity(unchecked) var timers = TimerHeap()
    @exclusivity(unchecked) var watchers = WatcherTable()
    @exclusivity(unchecked) var lastWakeUp = LoopInstant.now
    var isStopping = false
    @usableFromInline let scratch: UnsafeMutableRawBufferPointer

    /// A unit of work: a Swift concurrency job or a plain closure.
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// Whether the thread sleeps and whether there is something for it in `remote`: what it looks at before and after
    /// each `epoll_wait`, so that a loop that is busy with its own connections takes no lock.
    private enum Attention: UInt8, AtomicRepresentable {
        /// The thread runs and looks at `remote` only when it is told to.
        case awake
        /// The thread is in, or about to enter, a blocking `epoll_wait`.
        case asleep
        /// There is something in `remote`.
        case wanted
    }

    /// What other threads see of the loop.
    private struct Remote {
        var queue: [Work] = []
        var stopRequested = false
        var isTerminated = false
        var terminationWaiters: [UnsafeContinuation<Void, Never>] = []
    }

    /// Makes the epoll instance and starts the thread.
    ///
    /// - Parameter index: Position in the group; names the thread.
    /// - Throws: ``SocketError/failed(call:code:)`` of `epoll_create1`, `eventfd`, `epoll_ctl` or `pthread_create`.
    init(index: Int) throws(SocketError) {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .last("epoll_create1") }
        let wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeUp >= 0 else {
            let error = SocketError.last("eventfd")
            _ = Glibc.close(epoll)
            throw error
        }
        do throws(SocketError) {
            alarm = try LoopAlarm()
        } catch {
            _ = Glibc.close(wakeUp)
            _ = Glibc.close(epoll)
            throw error
        }
        self.index = index
        self.epoll = epoll
        self.wakeUp = wakeUp
        scratch = .allocate(byteCount: EventLoopLimits.scratchBytes, alignment: 16)
        do throws(SocketError) {
            // Edge-triggered: each write to the eventfd is one event, and its counter never has to be read.
            try control(EPOLL_CTL_ADD, wakeUp, events: EPOLLIN.rawValue | EPOLLET.rawValue, token: 0)
            try control(EPOLL_CTL_ADD, alarm.descriptor, events: EPOLLIN.rawValue | EPOLLET.rawValue, token: 0)
            try LoopThread.start(self)
        } catch {
            releaseResources()
            throw error
        }
    }

    /// The loop whose thread is the calling one; `nil` on every other thread.
    public static var current: EventLoop? {
        LoopThread.current
    }

    /// Whether the calling thread is this loop's.
    public var isCurrent: Bool {
        LoopThread.isCurrent(self)
    }

    /// Traps unless called on the loop's thread: the wall around loop-confined state.
    public func preconditionOnLoop() {
        precondition(isCurrent, "this must run on event loop \(index)")
    }

    /// The time of the loop's last wake-up: cheap, and exact enough for deadlines.
    ///
    /// - Returns: On the loop's thread the time at which the current round of work began, elsewhere the clock's time.
    public func now() -> LoopInstant {
        isCurrent ? lastWakeUp : LoopInstant.now
    }

    /// Runs a closure on the loop, in the order of submission among the closures of one thread.
    ///
    /// - Parameter body: Must not block. It is dropped when the loop has ended.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent {
            local.append(.closure(body))
        } else {
            _ = submit(.closure(body))
        }
    }

    /// Runs a closure after the job that is running now; must be called on the loop.
    ///
    /// - Parameter body: Must not block. Unlike that of ``execute(_:)`` it may capture what is confined to the loop.
    public func executeSoon(_ body: @escaping () -> Void) {
        preconditionOnLoop()
        // Safe: the closure stays in the queue that only this thread touches.
        nonisolated(unsafe) let body = body
        local.append(.closure { body() })
    }

    /// Takes a job of Swift's concurrency runtime; called by the runtime only.
    ///
    /// - Parameter job: Runs on the loop's thread; after the loop has ended, on the global executor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        if isCurrent {
            local.append(.job(unowned))
        } else if !submit(.job(unowned)) {
            globalConcurrentExecutor.enqueue(unowned)
        }
    }

    private func submit(_ work: Work) -> Bool {
        remote.withLock { remote in
            guard !remote.isTerminated else { return false }
            remote.queue.append(work)
            callForAttention()
            return true
        }
    }

    /// Has the thread look at `remote`; the lock is held.
    ///
    /// Under the lock, because the thread closes the eventfd once it has set `isTerminated` there: a write after that
    /// could hit a descriptor that somebody else has got under the same number.
    private func callForAttention() {
        guard attention.exchange(.wanted, ordering: .acquiringAndReleasing) == .asleep else { return }
        // Fails only when the counter is full, and then a wake-up is pending anyway.
        _ = eventfd_write(wakeUp, 1)
    }
}

extension EventLoop {
    /// The loop itself; returns when the loop has been stopped and has nothing left to do.
    func run() {
        var events = [epoll_event](repeating: epoll_event(), count: EventLoopLimits.eventsPerWaitMax)
        while true {
            runBatch()
            runTimers()
            if isStopping && finishIfQuiet() { break }
            let count = epoll_wait(epoll, &events, Int32(events.count), timeoutBeforeWait())
            takeRemoteWork()
            lastWakeUp = .now
            alarm.pass(lastWakeUp)
            for position in 0..<max(0, Int(count)) {
                let event = events[position]
                if event.data.u64 != 0 { watchers[event.data.u64]?.handle(event.events) }
            }
        }
        releaseResources()
        let waiters = remote.withLock { remote in
            defer { remote.terminationWaiters = [] }
            return remote.terminationWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Runs what was queued when the round began; what these jobs enqueue waits for the next round, so that a task
    /// that never suspends for long cannot keep the loop from looking at its descriptors.
    private func runBatch() {
        guard !local.isEmpty else { return }
        swap(&local, &batch)
        let executor = asUnownedTaskExecutor()
        for position in batch.indices {
            switch batch[position] {
            case .job(let job): job.runSynchronously(on: executor)
            case .closure(let body): body()
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    private func runTimers() {
        guard let first = timers.firstDeadline else { return }
        // Not the clock: when the jobs of this round took a while, the wait below does not sleep, and this is the next.
        guard first <= lastWakeUp else { return }
        runDueTimers(now: lastWakeUp)
    }

    /// Bounded by the timers that exist now: one that schedules itself again in the past must not hold the loop.
    private func runDueTimers(now: LoopInstant) {
        for _ in 0..<timers.count {
            guard let body = timers.popDue(now: now) else { return }
            body()
        }
    }

    /// Decides whether `epoll_wait` may sleep (-1) or only look (0), and tells other threads when it sleeps.
    ///
    /// The first deadline is the alarm's business: a time-out of `epoll_wait` itself would set up and take down a timer
    /// of the kernel at each wait, and most waits end by a request.
    private func timeoutBeforeWait() -> Int32 {
        guard local.isEmpty else { return 0 }
        let (isIdle, _) = attention.compareExchange(
            expected: .awake,
            desired: .asleep,
            ordering: .acquiringAndReleasing
        )
        guard isIdle else { return 0 }
        guard let deadline = timers.firstDeadline else { return -1 }
        return alarm.isSet(atOrBefore: deadline) || alarm.set(to: deadline) ? -1 : 0
    }

    private func takeRemoteWork() {
        // What is submitted after this exchange is looked at in the next round; the lock below may take it now, and then
        // that round finds nothing.
        guard attention.exchange(.awake, ordering: .acquiringAndReleasing) == .wanted else { return }
        let mustStop = remote.withLock { remote in
            if !remote.queue.isEmpty {
                local.append(contentsOf: remote.queue)
                remote.queue.removeAll(keepingCapacity: true)
            }
            return remote.stopRequested
        }
        if mustStop && !isStopping { beginStopping() }
    }

    private func beginStopping() {
        isStopping = true
        for watcher in watchers.all { watcher.close() }
        // Sleepers and deadlines are called early; a sleep that is cut short reports a cancellation.
        runDueTimers(now: .now.advanced(by: .seconds(1_000_000_000)))
    }

    private func finishIfQuiet() -> Bool {
        guard local.isEmpty else { return false }
        return remote.withLock { remote in
            guard remote.queue.isEmpty else { return false }
            remote.isTerminated = true
            return true
        }
    }

    private func releaseResources() {
        // Timers that were set while the last ones fired may hold what holds the loop.
        timers = TimerHeap()
        alarm.close()
        _ = Glibc.close(wakeUp)
        _ = Glibc.close(epoll)
        scratch.deallocate()
    }

    /// Asks the loop to stop: watchers close, timers fire early, queued work still runs, then the thread ends.
    func requestStop() {
        remote.withLock { remote in
            guard !remote.isTerminated else { return }
            remote.stopRequested = true
            callForAttention()
        }
    }

    /// Returns when the thread has ended; see ``requestStop()``.
    func waitForTermination() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let hasEnded = remote.withLock { remote in
                if remote.isTerminated { return true }
                remote.terminationWaiters.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }
}
