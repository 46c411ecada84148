import FoundationEssentials
import JSON
import Logging
import Postgres
public import ServiceLifecycle
import Synchronization

/// Proves that counters are the sum of the reservations below them, and compares reservations with what hosts report.
///
/// One server reconciles at a time. Counters that have drifted are repaired, in one transaction under the lock of all
/// quotas, with an audit row for each tenant, a log line and a metric: drift is a bug of the portal or a hand in its
/// database. What hosts report is told and never repaired: the reservation is what was admitted.
public struct QuotaReconciler: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let hosts: HostConnections
    let limits: PortalLimits
    let logger: Logger
    /// What this process has found since it started, for `/metrics`.
    public let statistics = QuotaDriftStatistics()

    /// What one pass has done.
    public struct Pass: Sendable, Hashable {
        /// False when another server was at it.
        public var isOurs = false
        /// Counters that were repaired.
        public var repaired: [QuotaDrift] = []
        /// VClusters that were compared with their hosts.
        public var compared = 0
    }

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "quota reconciler", every: limits.quotas.reconcileInterval, logger: logger) {
            _ = try await runOnce()
        }
    }

    /// One pass over all counters, and one batch of vclusters.
    public func runOnce() async throws -> Pass {
        var pass = Pass()
        guard let repaired = try await repair() else { return pass }
        pass.isOurs = true
        pass.repaired = repaired
        pass.compared = try await compare()
        let rows = try await database.query(QuotaDriftQueries.exceedingCount(), idempotent: true)
        let exceeding = try rows.first?.decode("count", as: Int.self) ?? 0
        statistics.note(repaired: repaired.count, exceeding: exceeding)
        return pass
    }

    /// Looks without a lock first: usually there is nothing to repair, and nobody has to wait.
    ///
    /// - Returns: What was repaired; nil when another server is at it.
    private func repair() async throws -> [QuotaDrift]? {
        let now = time.now()
        let most = limits.quotas.driftMax
        let repaired: [QuotaDrift]? = try await database.transaction { transaction in
            let rows = try await transaction.query(QuotaDriftQueries.tryLock())
            guard try rows.first?.decode("is_free") ?? false else { return nil }
            guard try await !transaction.query(QuotaDriftQueries.drift(limit: 1)).isEmpty else { return [] }
            try await transaction.query(QuotaQueries.lock(at: now))
            // Again, under the lock: what others have committed since counts as well.
            let drifts = try await transaction.query(QuotaDriftQueries.drift(limit: most))
                .compactMap { try QuotaDrift(row: $0) }
            try await transaction.pipeline(drifts.map { QuotaDriftQueries.repair($0) })
            let caller = Caller.system("quota reconciler")
            let entries = Self.auditEntries(drifts)
            try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
            return drifts
        }
        for drift in repaired ?? [] {
            logger.error(
                "a quota counter had drifted and was repaired",
                metadata: [
                    "tenant": "\(drift.tenantID)", "dimension": "\(drift.dimension.name)",
                    "counted": "\(drift.counted.stored)", "reserved": "\(drift.reserved.stored)",
                ]
            )
        }
        return repaired
    }

    private static func auditEntries(_ drifts: [QuotaDrift]) -> [AuditEntry] {
        Dictionary(grouping: drifts, by: \.tenantID).values
            .sorted { $0[0].tenantID.description < $1[0].tenantID.description }
            .map { drifts in
                let object = AuditObject(
                    kind: "tenant",
                    id: drifts[0].tenantID.description,
                    name: drifts[0].tenantName,
                    tenantPath: drifts[0].tenantPath
                )
                var entry = AuditEntry(.quotaRepair, of: object)
                entry.after = .array(drifts.map(\.json))
                return entry
            }
    }

    private func compare() async throws -> Int {
        let now = time.now()
        let due = QuotaDriftQueries.toCompare(
            before: now.advanced(by: .zero - limits.quotas.reportInterval),
            at: now,
            limit: limits.quotas.reportBatch
        )
        let rows = try await database.transaction { transaction in
            // Two at a time would take the same ones.
            let lock = try await transaction.query(QuotaDriftQueries.tryLock())
            guard try lock.first?.decode("is_free") ?? false else { return [PostgresRow]() }
            return try await transaction.query(due)
        }
        let ids = try rows.map { try $0.decode("id", as: VClusterID.self) }
        let compared = await withTaskGroup(of: Bool.self) { group in
            var count = 0
            for (index, id) in ids.enumerated() {
                if index >= limits.vclusters.observationsAtOnceMax, await group.next() == true { count += 1 }
                group.addTask { await compare(id) }
            }
            return await group.reduce(count) { $1 ? $0 + 1 : $0 }
        }
        try await database.execute(QuotaDriftQueries.sweep(limit: limits.quotas.reportBatch))
        return compared
    }

    private func compare(_ id: VClusterID) async -> Bool {
        do {
            guard let row = try await database.query(VClusterQueries.find(id), idempotent: true).first else {
                return false
            }
            let vcluster = try VCluster(row: row)
            let usage = try await withTimeout(limits.vclusters.observeTimeout) { [hosts] in
                try await hosts.driver(of: vcluster.hostID).usage(vcluster.target)
            }
            let requested = usage.requested
            let amounts: [Int64?] = [
                nil, requested.cpuMillicores, requested.memoryBytes, requested.storageBytes, requested.gpus,
                requested.pods, nil,
            ]
            let report = QuotaDriftQueries.report(amounts.map { $0 ?? -1 }, of: id, at: time.now())
            return try await database.execute(report) > 0
        } catch {
            logger.info("a vcluster was not compared", metadata: ["vcluster": "\(id)", "error": "\(error)"])
            return false
        }
    }
}

/// What the reconciler of one process has found since it started.
public final class QuotaDriftStatistics: Sendable {
    /// The numbers.
    public struct Numbers: Sendable, Hashable {
        /// Passes that ended.
        public var passesTotal = 0
        /// Counters that were repaired.
        public var repairedTotal = 0
        /// VClusters that take more of their host than they have reserved, at the last pass.
        public var exceeding = 0
    }

    private let numbers = Mutex(Numbers())

    /// Starts at nothing.
    init() {}

    /// The numbers now.
    public var current: Numbers { numbers.withLock { $0 } }

    func note(repaired: Int, exceeding: Int) {
        numbers.withLock { numbers in
            numbers.passesTotal += 1
            numbers.repairedTotal += repaired
            numbers.exceeding = exceeding
        }
    }
}
