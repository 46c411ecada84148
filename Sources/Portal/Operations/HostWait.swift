/// Looks at the host again and again until a goal is reached, a failure lasts too long, or the time is over.
///
/// Holds neither a lock nor a connection between two looks.
struct HostWait: Sendable {
    let runner: StepRunner
    let driver: any HostDriver
    let goal: StepKind

    /// Waits.
    ///
    /// - Returns: The observation that reached the goal.
    /// - Throws: `HostError`: the failure that lasted, `.timeout`, or what the driver threw.
    func run() async throws -> Observation {
        let limits = runner.limits.operations
        let clock = ContinuousClock()
        let start = clock.now
        var pause = limits.observeMin
        var patience = Patience(limits: limits)
        var note = ""
        var hasRepaired = false
        while true {
            let observation = try await withTimeout(limits.stepTimeout) { [runner, driver] in
                try await driver.observe(runner.target)
            }
            if isReached(observation) { return observation }
            if !hasRepaired, try await repair(observation) {
                hasRepaired = true
            }
            if goal == .waitUntilReady, let failure = patience.exhausted(by: observation.failure, at: clock.now) {
                throw failure
            }
            let text = message(observation)
            if text != note {
                note = text
                try await runner.store.note(
                    runner.stored.operation,
                    runner.vcluster,
                    step: runner.step.name,
                    message: text,
                    progress: runner.progressBefore + share(observation)
                )
            }
            guard clock.now - start < timeLimit else { throw timeout(observation) }
            try await Task.sleep(for: pause, tolerance: pause / 10, clock: clock)
            pause = min(pause * 1.5, limits.observeMax)
        }
    }

    /// A start may take what its host allows, everything else what the engine does.
    private var timeLimit: Duration {
        let limit = runner.limits.operations.waitTimeout
        return goal == .waitUntilReady ? driver.readinessTimeout ?? limit : limit
    }

    private func isReached(_ observation: Observation) -> Bool {
        switch goal {
        case .waitUntilReady: observation.isReady
        case .waitUntilPaused: !observation.exists || (observation.isPaused && observation.replicasPresent == 0)
        default: !observation.exists
        }
    }

    /// Brings back what an earlier operation or somebody else took away while this one was not running.
    private func repair(_ observation: Observation) async throws -> Bool {
        switch (goal, runner.stored.operation.verb) {
        case (.waitUntilReady, .create), (.waitUntilReady, .scale), (.waitUntilReady, .update):
            if !observation.exists {
                await runner.log.append("The release is gone from the host; it is installed again.")
                try await driver.prepare(runner.target, log: runner.log)
                try await driver.install(runner.target, spec: runner.vcluster.spec, log: runner.log)
                return true
            }
            fallthrough
        case (.waitUntilReady, _):
            guard observation.exists else {
                throw HostError(
                    .notFound,
                    "The release \(runner.target.release) is gone from the host. Apply the spec again to install it."
                )
            }
            guard observation.isPaused else { return false }
            await runner.log.append("The release is paused; it is resumed.")
            try await driver.resume(runner.target, log: runner.log)
            return true
        default:
            return false
        }
    }

    /// The part of the step's weight that is reached, so that a bar moves while replicas come up one by one.
    private func share(_ observation: Observation) -> Int {
        guard goal == .waitUntilReady, observation.replicasDesired > 0 else { return 0 }
        let ready = min(observation.replicasReady, observation.replicasDesired)
        return runner.step.weight * ready / (observation.replicasDesired + 1)
    }

    private func message(_ observation: Observation) -> String {
        if goal == .waitUntilReady, let failure = observation.failure { return failure.message }
        switch goal {
        case .waitUntilReady:
            let waiting = observation.checks.first { $0.state == .pending || $0.state == .failing }
            if let waiting, !waiting.message.isEmpty { return waiting.message }
            return "\(observation.replicasReady) of \(observation.replicasDesired) replicas are ready."
        case .waitUntilPaused:
            return "\(observation.replicasPresent) pods of the control plane are still there."
        default:
            return "The release is being removed."
        }
    }

    private func timeout(_ observation: Observation) -> HostError {
        HostError(
            .timeout,
            "The host did not get there within \(timeLimit.minutesText). "
                + "Last seen: \(message(observation)) Look at the host's events, then retry."
        )
    }
}

/// Decides when a failure on the host has lasted long enough to believe that it will not heal by itself.
struct Patience {
    private let limits: PortalLimits.Operations
    private var reason: HostFailureReason?
    private var since: ContinuousClock.Instant?

    init(limits: PortalLimits.Operations) {
        self.limits = limits
    }

    /// Takes note of what was seen.
    ///
    /// - Returns: The failure to end the wait with; nil while it may still heal.
    mutating func exhausted(by failure: HostError?, at now: ContinuousClock.Instant) -> HostError? {
        guard let failure else {
            reason = nil
            since = nil
            return nil
        }
        if reason != failure.reason {
            reason = failure.reason
            since = now
        }
        guard let since else { return nil }
        let isKnown = limits.patience[failure.reason] != nil
        // A transient failure without a limit of its own may last as long as the wait.
        if failure.isTransient, !isKnown { return nil }
        guard now - since >= limits.patience[failure.reason] ?? .zero else { return nil }
        return HostError(failure.reason, failure.message, isTransient: false, detail: failure.detail)
    }
}
