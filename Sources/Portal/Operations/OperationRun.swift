import FoundationEssentials
import Logging
import Synchronization

/// One claimed operation in the hands of one worker: runs its steps until it ends, waits, or is taken away.
///
/// Three tasks: one runs the steps, one renews the lease and looks for a cancellation, one watches that the lease has not
/// run out. Whichever learns that the work has to stop cancels the others; `stop` says why.
struct OperationRun: Sendable {
    let store: OperationStore
    let hosts: HostConnections
    let limits: PortalLimits
    let time: any TimeSource
    let logger: Logger
    let stop: StopCause
    /// When the claim was asked for: the lease cannot have begun before.
    let claimedAt: ContinuousClock.Instant

    /// Why the steps were cancelled; the first cause counts.
    final class StopCause: Sendable {
        /// The causes.
        enum Cause: Sendable {
            /// Another worker has the operation.
            case leaseLost
            /// A person wants it.
            case cancelRequested
            /// The server stops.
            case shutdown
        }

        private let cause = Mutex<Cause?>(nil)

        /// The cause, once there is one.
        var current: Cause? { cause.withLock { $0 } }

        /// Sets the cause unless there is one.
        func set(_ new: Cause) {
            cause.withLock { $0 = $0 ?? new }
        }
    }

    /// What the run has seen so far, for the writes at its end.
    struct Progress: Sendable {
        var steps: [OperationStep]
        var current: OperationStep?
        var observation: Observation?
    }

    /// Runs the operation; never throws, because nobody above could do more about an error than is done here.
    ///
    /// - Parameter nudge: Wakes the heartbeat early, when a cancellation was announced.
    func run(nudge: Nudge) async {
        do {
            let (stored, vcluster) = try await store.load()
            await OperationTrace.with(stored.traceparent, stored.operation.verb.rawValue) {
                await run(stored, vcluster, nudge)
            }
        } catch {
            logger.info("an operation could not be loaded", metadata: ["error": "\(error)"])
        }
    }

    private func run(_ stored: StoredOperation, _ vcluster: VCluster, _ nudge: Nudge) async {
        let lease = HeldLease(claimedAt)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keepLease(lease, nudge) }
            group.addTask { await watchLease(lease) }
            group.addTask { await steps(stored, vcluster) }
            // The first two end only by a stop, the steps by themselves or by a stop: the first end ends all.
            await group.next()
            group.cancelAll()
        }
    }

    /// Since when the lease is certain to hold.
    private final class HeldLease: Sendable {
        private let renewal: Mutex<ContinuousClock.Instant>

        init(_ claimedAt: ContinuousClock.Instant) {
            renewal = Mutex(claimedAt)
        }

        var renewedAt: ContinuousClock.Instant { renewal.withLock { $0 } }

        func renew(at instant: ContinuousClock.Instant) { renewal.withLock { $0 = instant } }
    }

    private func keepLease(_ lease: HeldLease, _ nudge: Nudge) async {
        while !Task.isCancelled {
            await nudge.wait(upTo: limits.operations.heartbeat)
            if Task.isCancelled { return }
            // From before the call: the lease that it writes begins then, however late the answer comes.
            let asked = ContinuousClock.now
            do {
                if try await store.heartbeat() {
                    stop.set(.cancelRequested)
                    return
                }
                lease.renew(at: asked)
            } catch is OperationStore.LeaseLost {
                stop.set(.leaseLost)
                return
            } catch {
                // The lease is longer than two heartbeats, so one may be missed.
                logger.warning("a lease was not renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Stops the work before the lease runs out, also while a heartbeat hangs in a database that does not answer.
    ///
    /// Once it has run out, somebody else may be at work on the host: the writes are fenced, the host is not.
    private func watchLease(_ lease: HeldLease) async {
        while !Task.isCancelled {
            let end = lease.renewedAt + limits.operations.leaseUse
            guard ContinuousClock.now < end else {
                logger.warning("a lease could not be renewed in time, another worker may continue")
                stop.set(.leaseLost)
                return
            }
            try? await Task.sleep(until: end, clock: .continuous)
        }
    }

    private func steps(_ stored: StoredOperation, _ vcluster: VCluster) async {
        let progress = Mutex(Progress(steps: stored.operation.steps))
        do {
            do {
                try await perform(stored, vcluster, progress)
            } catch let error where Task.isCancelled || error is CancellationError {
                try await interrupted(stored, vcluster, cause: error)
            } catch is OperationStore.CancelRequested {
                try await store.cancelled(stored)
            } catch is OperationStore.LeaseLost {
                throw OperationStore.LeaseLost()
            } catch {
                try await failed(stored, vcluster, step: progress.withLock { $0.current }, error: error)
            }
        } catch is OperationStore.LeaseLost {
            logger.notice("another worker continues the operation")
        } catch {
            // The lease runs out and somebody tries again; nothing is lost.
            logger.error("the end of an operation could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func perform(
        _ stored: StoredOperation,
        _ vcluster: VCluster,
        _ progress: borrowing Mutex<Progress>
    ) async throws {
        let operation = stored.operation
        try await store.begin(operation, vcluster)
        var done: OperationStep?
        for index in operation.steps.indices where !operation.steps[index].state.isOver {
            let step = operation.steps[index]
            let percent = progress.withLock { state in
                state.current = step
                return OperationPlan.progress(state.steps)
            }
            try await store.advance(operation, vcluster, from: done, to: step, progress: percent)
            if step.name == StepKind.finish.rawValue {
                try await store.succeed(stored, observation: progress.withLock { $0.observation }, last: step)
                return
            }
            let runner = StepRunner(
                store: store,
                stored: stored,
                vcluster: vcluster,
                hosts: hosts,
                limits: limits,
                progressBefore: percent,
                step: step
            )
            let observation = try await runner.run()
            done = progress.withLock { state in
                state.steps[index].state = .succeeded
                state.observation = observation ?? state.observation
                return state.steps[index]
            }
        }
    }

    /// The steps were cancelled from outside: by a person, by the end of the server, or because the lease is gone.
    ///
    /// What has to be written is written by a task of its own, because this one is cancelled; it is awaited here.
    private func interrupted(_ stored: StoredOperation, _ vcluster: VCluster, cause: any Error) async throws {
        let write = Task {
            switch stop.current {
            case .cancelRequested:
                try await store.cancelled(stored)
            case .leaseLost:
                throw OperationStore.LeaseLost()
            case .shutdown, nil:
                try await store.release(
                    stored.operation,
                    vcluster,
                    runAt: time.now(),
                    error: nil,
                    message: "Handed over: the server that ran it is stopping."
                )
            }
        }
        try await write.value
    }

    private func failed(
        _ stored: StoredOperation,
        _ vcluster: VCluster,
        step: OperationStep?,
        error: any Error
    ) async throws {
        let failure = HostError(wrapping: error)
        logger.notice(
            "a step failed",
            metadata: [
                "step": "\(step?.name ?? "")", "reason": "\(failure.reason.rawValue)",
                "detail": "\(failure.detail ?? failure.message)",
            ]
        )
        let now = time.now()
        let attempt = (step?.attempt ?? 0) + 1
        let pause = limits.operations.backoff(attempt: attempt)
        let next = now.advanced(by: pause)
        guard failure.isTransient, attempt < limits.operations.attemptsMax, next < stored.operation.deadlineAt else {
            try await store.fail(stored, step: step, error: failure.final(attempts: attempt))
            return
        }
        let seconds = max(1, Int((pause / .seconds(1)).rounded()))
        try await store.release(
            stored.operation,
            vcluster,
            runAt: next,
            error: failure,
            message: "\(failure.message) Attempt \(attempt) of \(limits.operations.attemptsMax) at "
                + "\(step?.name ?? "the operation") failed; the next follows in \(seconds) s."
        )
    }
}

extension OperationStep.State {
    /// Whether the step does not run again.
    var isOver: Bool {
        switch self {
        case .succeeded, .skipped: true
        case .pending, .running, .failed: false
        }
    }
}

extension PortalLimits.Operations {
    /// The pause after the given failed attempt: doubling, bounded, ± 20 % so that many do not come back together.
    func backoff(attempt: Int) -> Duration {
        let doubled = backoffMin * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, backoffMax) * Double.random(in: 0.8...1.2)
    }
}

extension HostError {
    /// Any error as a failure of the host; those of the portal's own database are transient and not shown.
    init(wrapping error: any Error) {
        switch error {
        case let error as HostError:
            self = error
        case let error as PortalError:
            self.init(.unknown, error.message, isTransient: error.isTransient, detail: error.debugDescription)
        default:
            self.init(
                .unknown,
                "The portal could not do this for a reason of its own; the cause is in its log.",
                isTransient: true,
                detail: String(reflecting: error)
            )
        }
    }

    /// The error that ends an operation; tells how often it was tried when that was more than once.
    fileprivate func final(attempts: Int) -> HostError {
        guard isTransient, attempts > 1 else { return self }
        return HostError(
            reason,
            "\(message) It was tried \(attempts) times. Retry when the cause is gone.",
            isTransient: false,
            detail: detail
        )
    }
}
