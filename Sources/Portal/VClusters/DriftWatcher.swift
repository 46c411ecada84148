import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Looks at vclusters that nobody is changing and writes down what differs from what they should be.
///
/// Goes round-robin in bounded batches; several servers share the round, because taking a vcluster marks it. Reports by
/// the conditions `Ready`, `Drifted` and `HostReachable` and by events; repairs nothing by itself.
public struct DriftWatcher: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let hosts: HostConnections
    let limits: PortalLimits
    let logger: Logger

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var count = 0
                do {
                    count = try await runOnce()
                } catch {
                    logger.warning("a pass of the drift watcher failed", metadata: ["error": "\(error)"])
                }
                // A full batch means that there is more to look at.
                let pause = count < limits.vclusters.observeBatch ? Duration.seconds(5) : .milliseconds(200)
                try? await Task.sleep(for: pause.jittered)
            }
        }
    }

    /// Looks at one batch.
    ///
    /// - Returns: How many vclusters were looked at.
    public func runOnce() async throws -> Int {
        let now = time.now()
        let rows = try await database.query(
            ReaperQueries.toObserve(
                before: now.advanced(by: .zero - limits.vclusters.observeInterval),
                at: now,
                limit: limits.vclusters.observeBatch
            )
        )
        let ids = try rows.map { try $0.decode("id", as: VClusterID.self) }
        await withTaskGroup(of: Void.self) { group in
            for (index, id) in ids.enumerated() {
                if index >= limits.vclusters.observationsAtOnceMax { await group.next() }
                group.addTask {
                    do {
                        try await watch(id)
                    } catch {
                        logger.info(
                            "a vcluster could not be watched",
                            metadata: ["vcluster": "\(id)", "error": "\(error)"]
                        )
                    }
                }
            }
        }
        return ids.count
    }

    /// Looks at one vcluster and writes its conditions when they differ.
    func watch(_ id: VClusterID) async throws {
        guard let row = try await database.query(VClusterQueries.find(id), idempotent: true).first else { return }
        let seen = try VCluster(row: row)
        let outcome: Result<Observation, HostError>
        do {
            outcome = .success(
                try await withTimeout(limits.vclusters.observeTimeout) { [hosts] in
                    try await hosts.driver(of: seen.hostID).observe(seen.target)
                }
            )
        } catch {
            outcome = .failure(HostError(wrapping: error))
        }
        if case .success(let observation) = outcome, observation.isReady { await limitNamespaces(of: seen) }
        let now = time.now()
        let findings = DriftFindings(of: seen, outcome: outcome, at: now)
        guard findings.conditions(from: seen.conditions) != seen.conditions || findings.isNews(to: seen) else { return }
        try await write(findings, about: seen, at: now)
    }

    /// Limits namespaces that were made since the last look, and repairs limits that somebody changed inside.
    ///
    /// The one drift that is repaired here: a new namespace is no mistake of anybody.
    private func limitNamespaces(of seen: VCluster) async {
        guard seen.phase == .running, !seen.spec.innerQuotas.isEmpty else { return }
        do {
            // The look may have taken long: limits that somebody has changed since must not be written back.
            let row = try await database.query(VClusterQueries.find(seen.id), idempotent: true).first
            guard let row, try VCluster(row: row).version == seen.version else { return }
            let count = try await withTimeout(limits.vclusters.observeTimeout) { [hosts] in
                try await hosts.driver(of: seen.hostID).limitNamespaces(
                    seen.target,
                    to: seen.spec.innerQuotas,
                    log: DiscardingOperationLog()
                )
            }
            if count > 0 {
                logger.info("inner namespaces were limited", metadata: ["vcluster": "\(seen.id)", "count": "\(count)"])
            }
        } catch {
            logger.info("inner namespaces were not limited", metadata: ["vcluster": "\(seen.id)", "error": "\(error)"])
        }
    }

    /// Writes the findings unless somebody has changed the vcluster since it was looked at.
    private func write(_ findings: DriftFindings, about seen: VCluster, at now: Date) async throws {
        try await database.transaction { transaction in
            let lifecycle = LifecycleTransaction(
                transaction: transaction,
                caller: .system("drift watcher"),
                now: now,
                limits: limits
            )
            guard let row = try await transaction.query(VClusterQueries.lock(seen.id)).first else { return }
            var vcluster = try VCluster(row: row)
            guard vcluster.phase == seen.phase, vcluster.version == seen.version else { return }
            vcluster.conditions = findings.conditions(from: vcluster.conditions)
            findings.copyVersions(to: &vcluster)
            var statements = [
                VClusterQueries.save(vcluster, at: now),
                lifecycle.change(.vcluster, .modified, id: vcluster.id.uuid, of: vcluster),
            ]
            for event in findings.events(comparedTo: seen.conditions) {
                statements.append(
                    lifecycle.event(event.type, event.reason, event.message, of: vcluster, operationID: nil)
                )
            }
            try await transaction.pipeline(statements)
        }
    }
}
