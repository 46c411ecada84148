import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Deletes what has expired, purges what was deleted long enough ago, and sweeps old changes, events and logs.
///
/// Several servers may run one each: they share the work by skipping what another has locked.
public struct Reaper: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let logger: Logger

    /// What one pass has done.
    public struct Pass: Sendable, Hashable {
        /// Purges that were started.
        public var purged = 0
        /// Soft deletions that were started because of `expiresAt`.
        public var expired = 0
        /// Rows of changes, events and logs that were removed.
        public var swept = 0

        /// A pass that did nothing.
        public init() {}
    }

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "reaper", every: limits.vclusters.reapInterval, logger: logger) {
            _ = try await runOnce()
        }
    }

    /// One pass: at most one batch of each kind.
    public func runOnce() async throws -> Pass {
        var pass = Pass()
        let now = time.now()
        let caller = Caller.system("reaper")
        pass.purged = try await start(.purge, caller: caller, at: now)
        pass.expired = try await start(.delete, caller: caller, at: now)
        pass.swept = try await sweep(at: now)
        return pass
    }

    /// Starts deletions or purges, one transaction each: a transaction over many would hold audit chains that two
    /// servers may want in different orders.
    private func start(_ verb: OperationVerb, caller: Caller, at now: Date) async throws -> Int {
        for count in 0..<limits.vclusters.reapBatch {
            let hasStarted = try await database.transaction { transaction in
                let lifecycle = LifecycleTransaction(transaction: transaction, caller: caller, now: now, limits: limits)
                return try await startOne(verb, in: lifecycle)
            }
            if !hasStarted { return count }
        }
        return limits.vclusters.reapBatch
    }

    private func startOne(_ verb: OperationVerb, in lifecycle: LifecycleTransaction) async throws -> Bool {
        let now = lifecycle.now
        let retry = now.advanced(by: .zero - limits.vclusters.expiryRetryInterval)
        let queue =
            verb == .purge
            ? ReaperQueries.toPurge(at: now, limit: 1)
            : ReaperQueries.toExpire(at: now, retrying: retry, limit: 1)
        guard let row = try await lifecycle.transaction.query(queue).first else { return false }
        let before = try await lifecycle.lock(try row.decode("id"), for: .vclustersDelete)
        var vcluster = before
        var parameters = OperationParameters(previous: before)
        parameters.phaseBeforeDelete = before.phase
        if verb == .delete {
            vcluster.deletedAt = now
            parameters.purgeAt = now.advanced(by: limits.vclusters.gracePeriodDefault)
        }
        _ = try await lifecycle.start(verb, on: vcluster, before: before, parameters: parameters)
        return true
    }

    private func sweep(at now: Date) async throws -> Int {
        let batch = limits.operations.sweepBatch
        let changes = try await database.query(
            ChangeQueries.sweep(before: now.advanced(by: .zero - limits.changes.retention), limit: batch)
        )
        var swept = try changes.first?.decode("count", as: Int.self) ?? 0
        swept += try await database.execute(
            EventQueries.sweep(before: now.advanced(by: .zero - limits.vclusters.eventRetention), limit: batch)
        )
        swept += try await database.execute(
            OperationLeaseQueries.sweepLogs(
                before: now.advanced(by: .zero - limits.operations.logRetention),
                limit: batch
            )
        )
        return swept
    }
}
