import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle
import Synchronization

/// Tells subscribers what changed, in the same order in every process, without gaps and without repetition.
///
/// One reader per process follows the table and fans out; it is woken by NOTIFY and looks by itself from time to time.
/// Each subscriber has a bounded buffer: one that falls behind is cut off, and resumes from the cursor of the last item
/// it got. A change is delivered once no older transaction runs that could put another change before it, so a write
/// transaction that stays open delays the feed; the portal's own are short.
public final class ChangeFeed: Service, Sendable {
    let database: PortalDatabase
    let limits: PortalLimits
    let logger: Logger

    private let signal = WakeSignal()
    private let state = Mutex(State())

    struct State {
        var cursor: ChangeCursor?
        var subscribers: [UInt64: Subscriber] = [:]
        var nextID: UInt64 = 0
        var isStopped = false
        var starting: [CheckedContinuation<Void, Never>] = []
    }

    struct Subscriber {
        var caller: Caller
        let filter: ChangeFilter
        /// Nothing up to here is delivered, wherever the reader of the process may be.
        let since: ChangeCursor
        let output: AsyncStream<ChangeFeedItem>.Continuation
        /// What is live and arrived while older changes are still being read; nil when that is done.
        var held: [ChangeFeedItem]?
    }

    /// Makes a feed; `run()` starts its reader.
    init(database: PortalDatabase, limits: PortalLimits, logger: Logger) {
        self.database = database
        self.limits = limits
        self.logger = logger
    }

    /// Reads until the task is cancelled or the server shuts down gracefully; then every stream ends.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in await listen() }
                group.addTask { [self] in await poll() }
                await follow()
                group.cancelAll()
            }
        } onGracefulShutdown: { [signal] in
            signal.finish()
        }
        stop()
    }

    /// The position after everything that is settled now: take it before listing, then subscribe from it.
    public func currentCursor() async throws -> ChangeCursor {
        guard
            let row = try await database.elevated(for: .changeFeed).query(ChangeQueries.current, idempotent: true).first
        else { return .start }
        return try ChangeCursor(row: row)
    }

    /// Subscribes to changes that the caller can see.
    ///
    /// - Parameters:
    ///   - caller: Who asks; sees changes in the tenants where it may read vclusters.
    ///   - cursor: Where to go on; nil for what changes from now on, and what was committed just before while an older
    ///     transaction was still running.
    ///   - filter: Which changes are wanted.
    /// - Returns: A stream for one reader. `.reset` comes first when changes after the cursor are not kept any more, and
    ///   later when `renew` brought a caller with other roles.
    ///   The stream ends when the server stops and when the reader is too slow; resume from the last cursor then.
    /// - Throws: `PortalError` `.unavailable` when there are too many subscribers or the server is stopping.
    public func subscribe(
        as caller: Caller,
        since cursor: ChangeCursor? = nil,
        filter: ChangeFilter = ChangeFilter()
    ) async throws -> ChangeSubscription {
        await started()
        let since = if let cursor { cursor } else { try await currentCursor() }
        let (stream, output) = AsyncStream.makeStream(
            of: ChangeFeedItem.self,
            bufferingPolicy: .bufferingOldest(limits.changes.bufferMax)
        )
        let subscriber = Subscriber(
            caller: caller,
            filter: filter,
            since: since,
            output: output,
            held: cursor == nil ? nil : []
        )
        let added = state.withLock { state -> (id: UInt64, live: ChangeCursor)? in
            guard !state.isStopped, state.subscribers.count < limits.changes.subscribersMax else { return nil }
            state.nextID += 1
            state.subscribers[state.nextID] = subscriber
            return (state.nextID, state.cursor ?? .start)
        }
        guard let added else {
            throw PortalError(
                .unavailable,
                "This server has as many watchers as it takes. Try again in a moment.",
                retryAfter: .seconds(5)
            )
        }
        output.onTermination = { [weak self] _ in self?.remove(added.id) }
        if let cursor {
            do {
                try await catchUp(added.id, from: cursor, to: added.live)
            } catch {
                remove(added.id)
                throw error
            }
        }
        return ChangeSubscription(stream: stream, id: added.id, feed: self)
    }

    /// Lets a stream go on with what its caller may see now.
    ///
    /// A caller with other roles is told `.reset`: of what they see now, changes may have been held back from them.
    func renew(_ id: UInt64, as caller: Caller) {
        let ended = state.withLock { state -> AsyncStream<ChangeFeedItem>.Continuation? in
            guard var subscriber = state.subscribers[id] else { return nil }
            let isSame = Set(subscriber.caller.bindings) == Set(caller.bindings)
            let position = max(state.cursor ?? .start, subscriber.since)
            subscriber.caller = caller
            return state.pass(isSame ? [] : [.reset(position)], to: id, subscriber, bufferMax: limits.changes.bufferMax)
        }
        ended?.finish()
    }

    /// How many streams this process serves.
    public var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    // MARK: - The reader

    private func follow() async {
        signal.wake()
        for await _ in signal.stream {
            while !Task.isCancelled {
                do {
                    if try await read() { continue }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("changes could not be read", metadata: ["error": "\(error)"])
                }
                break
            }
        }
    }

    /// Reads one batch and passes it on.
    ///
    /// - Returns: Whether to read again at once.
    private func read() async throws -> Bool {
        let known = state.withLock { $0.cursor }
        guard let cursor = known else {
            let current = try await currentCursor()
            let waiting = state.withLock { state in
                state.cursor = current
                defer { state.starting = [] }
                return state.starting
            }
            for continuation in waiting { continuation.resume() }
            return true
        }
        let rows = try await database.elevated(for: .changeFeed).query(
            ChangeQueries.read(after: cursor, limit: limits.changes.readBatch),
            idempotent: true
        )
        var changes: [Change] = []
        for row in rows {
            guard try row.decode("settled", as: Bool.self) else { break }
            changes.append(try Change(row: row))
        }
        deliver(changes)
        if changes.count < rows.count {
            // Committed, but an older transaction still runs: nothing will tell when it ends.
            try await Task.sleep(for: limits.changes.settleInterval)
            return true
        }
        return rows.count == limits.changes.readBatch
    }

    private func deliver(_ changes: [Change]) {
        guard let last = changes.last else { return }
        let ended = state.withLock { state in
            state.cursor = last.cursor
            var ended: [AsyncStream<ChangeFeedItem>.Continuation] = []
            for id in Array(state.subscribers.keys) {
                guard let subscriber = state.subscribers[id] else { continue }
                let wanted = changes.compactMap { subscriber.view(of: $0) }.map(ChangeFeedItem.change)
                guard !wanted.isEmpty else { continue }
                let slow = state.pass(wanted, to: id, subscriber, bufferMax: limits.changes.bufferMax)
                if let slow { ended.append(slow) }
            }
            return ended
        }
        // Outside of the lock: the end of a stream calls back into `remove`.
        for output in ended { output.finish() }
    }

    private func listen() async {
        for await _ in database.listen(to: [NotifyChannel.changes.rawValue]) { signal.wake() }
    }

    private func poll() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: limits.changes.pollInterval.jittered)
            signal.wake()
        }
    }

    // MARK: - Subscribers

    private func started() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.cursor != nil || state.isStopped { return true }
                state.starting.append(continuation)
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Reads what happened between a subscriber's cursor and its registration, then lets the live changes through.
    private func catchUp(_ id: UInt64, from cursor: ChangeCursor, to live: ChangeCursor) async throws {
        var position = cursor
        if try await isTooOld(cursor) {
            position = live
            guard yield(.reset(live), to: id) else { return }
        }
        while position < live {
            let rows = try await database.elevated(for: .changeFeed).query(
                ChangeQueries.read(after: position, limit: limits.changes.readBatch),
                idempotent: true
            )
            let changes = try rows.map { try Change(row: $0) }.filter { $0.cursor <= live }
            guard let last = changes.last else { break }
            position = last.cursor
            for change in changes {
                guard let subscriber = state.withLock({ $0.subscribers[id] }) else { return }
                if let view = subscriber.view(of: change), !yield(.change(view), to: id) { return }
            }
        }
        let ended = state.withLock { state -> AsyncStream<ChangeFeedItem>.Continuation? in
            guard var subscriber = state.subscribers[id] else { return nil }
            let held = subscriber.held ?? []
            subscriber.held = nil
            return state.pass(held, to: id, subscriber, bufferMax: limits.changes.bufferMax)
        }
        ended?.finish()
    }

    private func isTooOld(_ cursor: ChangeCursor) async throws -> Bool {
        guard
            let row = try await database.elevated(for: .changeFeed).query(ChangeQueries.horizon, idempotent: true).first
        else { return false }
        let horizon = try ChangeCursor(row: row)
        // A position in the future is of another database: that of before a restore.
        let next = UInt64(try row.decode("next_xid", as: String.self)) ?? .max
        return cursor < horizon || cursor.transaction >= next
    }

    private func yield(_ item: ChangeFeedItem, to id: UInt64) -> Bool {
        guard let output = state.withLock({ $0.subscribers[id]?.output }) else { return false }
        if case .enqueued = output.yield(item) { return true }
        remove(id)
        output.finish()
        return false
    }

    private func remove(_ id: UInt64) {
        state.withLock { $0.subscribers[id] = nil }
    }

    private func stop() {
        let (outputs, waiting) = state.withLock { state in
            state.isStopped = true
            defer {
                state.subscribers = [:]
                state.starting = []
            }
            return (state.subscribers.values.map(\.output), state.starting)
        }
        for output in outputs { output.finish() }
        for continuation in waiting { continuation.resume() }
    }
}

extension ChangeFeed.State {
    /// Passes items on to a subscriber, whose new value is kept.
    ///
    /// - Returns: What to finish, outside of the lock, when the buffer is full: the subscriber is cut off.
    mutating func pass(
        _ items: [ChangeFeedItem],
        to id: UInt64,
        _ subscriber: ChangeFeed.Subscriber,
        bufferMax: Int
    ) -> AsyncStream<ChangeFeedItem>.Continuation? {
        var subscriber = subscriber
        let keepsUp = subscriber.deliver(items, bufferMax: bufferMax)
        subscribers[id] = keepsUp ? subscriber : nil
        return keepsUp ? nil : subscriber.output
    }
}

extension ChangeFeed.Subscriber {
    /// A change as the subscriber hears of it; nil when it may not see it or did not ask for it.
    func view(of change: Change) -> Change? {
        since < change.cursor ? filter.view(of: change, by: caller) : nil
    }

    /// Passes items on, or keeps them until the subscriber has caught up.
    ///
    /// - Returns: False when the buffer is full: the subscriber has to be cut off.
    mutating func deliver(_ items: [ChangeFeedItem], bufferMax: Int) -> Bool {
        if let kept = held {
            held = kept + items
            return kept.count + items.count <= bufferMax
        }
        for item in items {
            guard case .enqueued = output.yield(item) else { return false }
        }
        return true
    }
}
