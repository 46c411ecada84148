import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Ends requests that nobody has decided in time, and what is held for them.
///
/// Several servers may run one each: they share the work by skipping what another has locked. A request whose time is
/// over cannot be approved, swept or not.
public struct ApprovalSweeper: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let logger: Logger

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "request sweeper", every: limits.approvals.sweepPause, logger: logger) {
            let count = try await runOnce()
            if count > 0 { logger.info("requests have expired", metadata: ["requests": "\(count)"]) }
        }
    }

    /// One pass: at most one batch.
    ///
    /// - Returns: How many requests it ended.
    public func runOnce() async throws -> Int {
        let now = time.now()
        for count in 0..<limits.approvals.sweepBatch {
            // A transaction each: one over many would hold audit chains that two servers may want in different orders.
            guard try await database.transaction({ try await expireOne(at: now, in: $0) }) else { return count }
        }
        return limits.approvals.sweepBatch
    }

    private func expireOne(at now: Date, in transaction: PortalTransaction) async throws -> Bool {
        guard let due = try await transaction.query(ApprovalRequestQueries.expired(at: now)).first,
            let row = try await transaction.query(
                ApprovalRequestQueries.byID(try due.decode("id"), for: nil)
            ).first
        else { return false }
        let request = try ApprovalRequest(row: row)
        try await ApprovalService.end(request, .expired, at: now, in: transaction)
        let entry = AuditEntry(.requestExpire, of: .request(request), before: request.auditJSON)
        let caller = Caller.system("request sweeper")
        try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        return true
    }
}
