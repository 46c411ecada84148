import FoundationEssentials
import Postgres

/// Runs one step against the host's driver.
struct StepRunner: Sendable {
    let store: OperationStore
    let stored: StoredOperation
    let vcluster: VCluster
    let hosts: HostConnections
    let limits: PortalLimits
    let progressBefore: Int
    let step: OperationStep

    /// Runs the step to its end.
    ///
    /// - Returns: What was seen of the host, when the step looked at it.
    /// - Throws: `HostError`; what `OperationStore` throws; `CancellationError`.
    func run() async throws -> Observation? {
        guard let kind = StepKind(rawValue: step.name) else {
            throw HostError(.unknown, "The step \(step.name) is not known to this version.", isTransient: false)
        }
        if store.time.now() >= stored.operation.deadlineAt {
            throw HostError(
                .timeout,
                "The operation did not end within its \(limits.operations.deadline.minutesText). "
                    + "Look at its log for the step that took so long, then retry."
            )
        }
        let driver = try await hosts.driver(of: vcluster.hostID)
        switch kind {
        case .waitUntilReady, .waitUntilPaused, .waitUntilGone:
            return try await HostWait(runner: self, driver: driver, goal: kind).run()
        case .collectAccess:
            return try await bounded { try await collectAccess(driver) }
        default:
            try await bounded { try await change(kind, driver) }
            return nil
        }
    }

    /// A log that belongs to this step.
    var log: StepLog { StepLog(store: store, step: step.name) }

    /// The vcluster as the driver knows it; the generation is that of the operation.
    var target: VClusterTarget {
        var target = vcluster.target
        target.generation = stored.generation
        return target
    }

    private func change(_ kind: StepKind, _ driver: any HostDriver) async throws {
        switch kind {
        case .validate:
            let problems = try await driver.validate(vcluster.spec)
            if let first = problems.first {
                let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
                throw HostError(
                    .valuesRejected,
                    "The chart does not accept \(first.field): \(first.message)\(more). Change the spec and try again."
                )
            }
        case .prepareNamespace: try await driver.prepare(target, log: log)
        case .adopt: try await driver.adopt(target, log: log)
        case .install: try await driver.install(target, spec: vcluster.spec, log: log)
        case .pause: try await pause(driver)
        case .resume: try await driver.resume(target, log: log)
        case .uninstall:
            try await deleteArchives(driver)
            try await driver.uninstall(target, log: log)
        case .limitNamespaces: try await driver.limitNamespaces(target, to: vcluster.spec.innerQuotas, log: log)
        case .takeSnapshot, .restoreSnapshot, .deleteSnapshot: try await changeSnapshot(kind, driver)
        case .waitUntilReady, .waitUntilPaused, .waitUntilGone, .collectAccess, .finish: break
        }
    }

    /// A deletion of something that was never installed has nothing to pause; a suspension of it is an error.
    private func pause(_ driver: any HostDriver) async throws {
        do {
            try await driver.pause(target, log: log)
        } catch let error as HostError where error.reason == .notFound && stored.operation.verb == .delete {
            await log.append("There is no release on the host, so there is nothing to pause.")
        }
    }

    /// Proves that people will get in, and reads address and versions.
    private func collectAccess(_ driver: any HostDriver) async throws -> Observation {
        let observation = try await driver.observe(target)
        guard observation.exists else {
            throw HostError(.notFound, "The release \(target.release) is not on the host.")
        }
        if !observation.isPaused {
            do {
                _ = try await driver.kubeconfig(target)
            } catch let error as HostError where error.reason == .notFound {
                // The control plane writes its kubeconfig a moment after it became ready.
                throw HostError(error.reason, error.message, isTransient: true, detail: error.detail)
            }
        }
        return observation
    }

    private func bounded<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result
    {
        try await withTimeout(limits.operations.stepTimeout, body)
    }
}

/// The log of one step, in the database; its writes are fenced like all others and never fail the step.
struct StepLog: OperationLog {
    let store: OperationStore
    let step: String

    /// Appends the lines of a text; long ones are cut.
    ///
    /// Calls may overlap: the lines of one call stay together.
    func append(_ text: String) async {
        let lengthMax = store.limits.operations.logLineLengthMax
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.count > lengthMax ? line.prefix(lengthMax) + " …" : String(line)
        }
        guard !lines.isEmpty else { return }
        // A NUL cannot be stored; helm prints none, but a log is no place to fail.
        let clean = lines.map { $0.replacing("\0", with: "") }
        let insert = OperationLeaseQueries.log(
            store.lease,
            step: step,
            lines: clean,
            linesMax: store.limits.operations.logLinesMax,
            at: store.time.now()
        )
        // Two outputs of one program come at once, and both may have read the same last sequence. Whoever loses tries
        // again: each failure means that another line got in, so there are at most `logLinesMax` of them.
        while true {
            do {
                try await store.database.execute(insert)
                return
            } catch let error as PostgresError where error.sqlState == .uniqueViolation {
                continue
            } catch {
                return
            }
        }
    }
}

extension Duration {
    /// Whole minutes, or seconds below two minutes, for sentences.
    var minutesText: String {
        let seconds = Int(self / .seconds(1))
        return seconds < 120 ? "\(seconds) seconds" : "\(seconds / 60) minutes"
    }
}
