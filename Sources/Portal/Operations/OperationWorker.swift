import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle
import Synchronization

/// Carries out operations; any number of processes may run one on the same database.
///
/// A dispatcher claims what is due, as many as there are free lanes, whenever it is woken: by NOTIFY, by a lane that
/// became free, or by its own poll. On a graceful stop it claims nothing more, lets running steps finish for
/// `PortalLimits.Operations.drain`, and then releases the leases, so that another process goes on at once.
public final class OperationWorker: Service, Sendable {
    /// Names the process in leases; unique per process, for people who look at the table.
    public let owner: String

    let database: PortalDatabase
    let time: any TimeSource
    let hosts: HostConnections
    let limits: PortalLimits
    let logger: Logger

    private let signal = WakeSignal()
    /// By lease and not by operation: this process may claim again what it has lost, while the old lane still ends.
    private let lanes = Mutex<[OperationLease: Lane]>([:])

    /// How many operations this worker has brought to an end or handed back.
    public var completed: Int { completions.withLock { $0 } }
    private let completions = Mutex(0)

    /// One operation that runs.
    private struct Lane {
        let stop: OperationRun.StopCause
        let nudge: Nudge
        var task: Task<Void, Never>?
    }

    /// Makes a worker; `run()` starts it.
    init(
        owner: String,
        database: PortalDatabase,
        time: any TimeSource,
        hosts: HostConnections,
        limits: PortalLimits,
        logger: Logger
    ) {
        self.owner = owner
        self.database = database
        self.time = time
        self.hosts = hosts
        self.limits = limits
        self.logger = logger
    }

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in await listen() }
                group.addTask { [self] in await poll() }
                await dispatch()
                group.cancelAll()
            }
            await drain()
        } onGracefulShutdown: { [signal] in
            signal.finish()
        }
    }

    /// Looks for work now; for tests and for those who have just made some in this process.
    public func wake() {
        signal.wake()
    }

    private func dispatch() async {
        signal.wake()
        for await _ in signal.stream {
            if Task.isCancelled { return }
            do {
                while try await claim() {
                    if Task.isCancelled { return }
                }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("no operations could be claimed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Claims one batch and starts its lanes.
    ///
    /// - Returns: Whether there may be more: lanes are free and the batch was full.
    private func claim() async throws -> Bool {
        let free = limits.operations.lanes - lanes.withLock { $0.count }
        let batch = min(free, limits.operations.claimBatch)
        guard batch > 0 else { return false }
        let claimedAt = ContinuousClock.now
        let now = time.now()
        let expiry = now.advanced(by: limits.operations.lease)
        // First what others left: it has waited longest.
        var rows = try await database.elevated(for: .operations).query(
            OperationLeaseQueries.claimExpired(owner: owner, at: now, until: expiry, limit: batch)
        )
        if rows.count < batch {
            rows += try await database.elevated(for: .operations).query(
                OperationLeaseQueries.claimDue(owner: owner, at: now, until: expiry, limit: batch - rows.count)
            )
        }
        for row in rows {
            let lease = OperationLease(
                operationID: try row.decode("id"),
                owner: owner,
                token: try row.decode("lease_token")
            )
            start(lease, claimedAt: claimedAt)
        }
        return rows.count == batch
    }

    private func start(_ lease: OperationLease, claimedAt: ContinuousClock.Instant) {
        let lane = Lane(stop: OperationRun.StopCause(), nudge: Nudge())
        var logger = logger
        logger[metadataKey: "operation"] = "\(lease.operationID)"
        let run = OperationRun(
            store: OperationStore(
                database: database.elevated(for: .operations),
                time: time,
                limits: limits,
                lease: lease
            ),
            hosts: hosts,
            limits: limits,
            time: time,
            logger: logger,
            stop: lane.stop,
            claimedAt: claimedAt
        )
        lanes.withLock { $0[lease] = lane }
        // Owned by `lanes`; `drain` awaits every one of them.
        let task = Task { [self] in
            await run.run(nudge: lane.nudge)
            lanes.withLock { $0[lease] = nil }
            completions.withLock { $0 += 1 }
            signal.wake()
        }
        lanes.withLock { $0[lease]?.task = task }
    }

    /// Lets running steps finish, then takes them away from this process.
    private func drain() async {
        let tasks = lanes.withLock { $0.values.compactMap(\.task) }
        guard !tasks.isEmpty else { return }
        // A task of its own: this one may be cancelled, and leases have to be released all the same.
        let stopping = Task { [self] in
            try? await Task.sleep(for: limits.operations.drain)
            for lane in lanes.withLock({ Array($0.values) }) {
                lane.stop.set(.shutdown)
                lane.task?.cancel()
            }
        }
        for task in tasks { await task.value }
        stopping.cancel()
    }

    /// Wakes the dispatcher for work of other processes, and the lanes of operations that have to be cancelled.
    private func listen() async {
        for await notification in database.listen(to: [NotifyChannel.operations.rawValue]) {
            if case .message(_, let payload) = notification, let id = OperationID(payload) {
                for lane in lanes.withLock({ $0.filter { $0.key.operationID == id } }).values { lane.nudge.wake() }
            }
            signal.wake()
        }
    }

    /// Finds what no notification told of: retries that are due, leases that have expired.
    private func poll() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: limits.operations.pollInterval.jittered)
            signal.wake()
        }
    }
}
