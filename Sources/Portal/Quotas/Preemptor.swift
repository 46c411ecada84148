import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Suspends batch vclusters where a host or a tenant has become short, newest first.
///
/// Growth of the others is never refused because of batch vclusters: it is admitted, and what was idle is taken back a
/// moment later by real suspend operations in the name of the portal, audited, with an event that says why. A batch
/// vcluster stays suspended until somebody resumes it, which is admitted once there is room again: one that came back by
/// itself could be stopped and started all day.
///
/// Several servers may run one each: they share the work by skipping what another has locked, and what is on its way to
/// be suspended or deleted counts as given back already.
public struct Preemptor: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let logger: Logger

    /// Where batch vclusters have to give something back.
    struct Shortage: Sendable {
        /// The host, or the tenant with its subtree.
        enum Place: Sendable {
            case host(HostID)
            case tenant(TenantID)
        }

        var place: Place
        /// Its name.
        var name: String
        var dimension: QuotaDimension
        /// How much.
        var excess: Int64
    }

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "preemptor", every: limits.quotas.preemptPause, logger: logger) {
            _ = try await runOnce()
        }
    }

    /// Looks once, and suspends at most one batch.
    ///
    /// - Returns: How many vclusters are being suspended.
    public func runOnce() async throws -> Int {
        var count = 0
        while count < limits.quotas.preemptBatch, try await suspendOne(for: try await shortages()) { count += 1 }
        return count
    }

    /// Suspends one vcluster, for the first shortage that somebody can help with now.
    ///
    /// One at a time: a suspension may help a host and several levels at once, so the others are looked at anew.
    ///
    /// - Returns: False when there is nobody who could give something back now.
    private func suspendOne(for shortages: [Shortage]) async throws -> Bool {
        for shortage in shortages where try await suspendOne(for: shortage) { return true }
        return false
    }

    private func shortages() async throws -> [Shortage] {
        let most = limits.quotas.preemptBatch
        let results = try await database.pipeline([
            PreemptorQueries.hosts(limit: PortalLimits.Hosts.placementsMax), PreemptorQueries.tenants(limit: most),
        ])
        let hosts = try results[0].flatMap { row in
            let room = try HostRoom(row: row)
            return try HostRoom.dimensions.compactMap { dimension -> Shortage? in
                let excess = room.excessOfBatch(dimension)
                guard excess > 0 else { return nil }
                let id: HostID = try row.decode("id")
                return Shortage(place: .host(id), name: try row.decode("name"), dimension: dimension, excess: excess)
            }
        }
        let tenants = try results[1].compactMap { row -> Shortage? in
            guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { return nil }
            return Shortage(
                place: .tenant(try row.decode("tenant_id")),
                name: try row.decode("name"),
                dimension: dimension,
                excess: try row.decode("excess")
            )
        }
        return hosts + tenants
    }

    private func suspendOne(for shortage: Shortage) async throws -> Bool {
        let now = time.now()
        return try await database.transaction { transaction in
            try await transaction.query(TenantQueries.shareTree)
            let lifecycle = LifecycleTransaction(
                transaction: transaction,
                caller: .system("preemptor"),
                now: now,
                limits: limits
            )
            let candidate = PreemptorQueries.candidate(shortage.place, in: shortage.dimension)
            guard let row = try await transaction.query(candidate).first else { return false }
            let before = try await lifecycle.lock(try row.decode("id"), for: .vclustersSuspend)
            try before.require(.suspend)
            let change = try await lifecycle.start(
                .suspend,
                on: before,
                before: before,
                parameters: OperationParameters(previous: before)
            )
            try await lifecycle.record(
                .warning,
                "Preempted",
                shortage.explanation,
                of: change.vcluster,
                operationID: change.operation.id
            )
            return true
        }
    }
}

extension Preemptor.Shortage {
    /// Why a vcluster is suspended, for its people.
    fileprivate var explanation: String {
        let short =
            switch place {
            case .host: "The host \(name)"
            case .tenant: "The quota of \(name)"
            }
        return
            "Preempted: \(short) is short of \(dimension.name) by \(dimension.text(excess)), and batch vclusters use "
            + "only what is idle. Resume it when there is room again, or give it another class."
    }
}
