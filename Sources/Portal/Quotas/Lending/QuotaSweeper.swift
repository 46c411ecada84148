import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Ends holds that have expired, and records loans that have ended.
///
/// Several servers may run one each: they share the work by skipping what another has locked. Nothing is ever admitted on
/// a loan that has ended, swept or not; a hold counts until it is swept.
public struct QuotaSweeper: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let logger: Logger

    /// What one pass has done.
    public struct Pass: Sendable, Hashable {
        /// Holds that were ended.
        public var holds = 0
        /// Loans whose end was recorded.
        public var loans = 0

        /// A pass that did nothing.
        public init() {}
    }

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "quota sweeper", every: limits.quotas.sweepPause, logger: logger) {
            let pass = try await runOnce()
            if pass != Pass() {
                let counts: Logger.Metadata = ["holds": "\(pass.holds)", "loans": "\(pass.loans)"]
                logger.info("quotas were given back", metadata: counts)
            }
        }
    }

    /// One pass: at most one batch of each kind.
    public func runOnce() async throws -> Pass {
        let now = time.now()
        var pass = Pass()
        pass.holds = try await repeated { try await endHold(at: now, in: $0) }
        if try await database.query(QuotaLoanQueries.due(at: now), idempotent: true).first != nil {
            // Whoever takes the lock takes back what was lent until now.
            try await database.transaction { try await $0.query(QuotaQueries.lock(at: now)) }
        }
        pass.loans = try await repeated { try await recordLoan(at: now, in: $0) }
        return pass
    }

    /// Runs `body` in transactions of its own until it finds nothing: one over many would hold audit chains that two
    /// servers may want in different orders.
    private func repeated(_ body: @Sendable @escaping (PortalTransaction) async throws -> Bool) async throws -> Int {
        for count in 0..<limits.quotas.holdBatch {
            guard try await database.transaction(body) else { return count }
        }
        return limits.quotas.holdBatch
    }

    private func endHold(at now: Date, in transaction: PortalTransaction) async throws -> Bool {
        guard let row = try await transaction.query(QuotaQueries.expiredHolds(at: now, limit: 1)).first else {
            return false
        }
        try await QuotaAdmission(transaction, at: now).endHold(try row.decode("id"))
        return true
    }

    private func recordLoan(at now: Date, in transaction: PortalTransaction) async throws -> Bool {
        guard let ended = try await transaction.query(QuotaLoanQueries.recordOne()).first,
            let row = try await transaction.query(QuotaLoanQueries.byID(try ended.decode("loan_id"))).first
        else { return false }
        let loan = try QuotaLoan(row: row)
        let rows = try await transaction.pipeline([
            TenantQueries.byID(loan.lenderID), TenantQueries.byID(loan.borrowerID),
        ])
        guard let lender = try rows[0].first.map({ try Tenant(row: $0) }),
            let borrower = try rows[1].first.map({ try Tenant(row: $0) })
        else { return true }
        let entries = QuotaLoan.auditEntries(.quotaReturn, loan, lender, borrower)
        let caller = Caller.system("quota sweeper")
        try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
        return true
    }
}
