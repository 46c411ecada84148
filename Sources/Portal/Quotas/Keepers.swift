import Logging

/// The services that keep quotas and what hosts offer in order.
public struct Keepers: Sendable {
    /// Reads the capacity of hosts while it runs.
    public let hosts: HostWatcher
    /// Ends holds and records the end of loans while it runs.
    public let sweeper: QuotaSweeper
    /// Ends requests that nobody decided while it runs.
    public let requests: ApprovalSweeper
    /// Proves and repairs the counters of quotas while it runs.
    public let reconciler: QuotaReconciler
    /// Suspends batch vclusters where something is short while it runs.
    public let preemptor: Preemptor

    init(
        _ portal: PortalDatabase,
        time: any TimeSource,
        hosts: HostConnections,
        limits: PortalLimits,
        logger: Logger
    ) {
        let quotas = portal.elevated(for: .quotaChain)
        self.hosts = HostWatcher(
            database: portal.elevated(for: .hosts),
            time: time,
            hosts: hosts,
            limits: limits,
            logger: logger
        )
        sweeper = QuotaSweeper(database: quotas, time: time, limits: limits, logger: logger)
        requests = ApprovalSweeper(
            database: portal.elevated(for: .approvals),
            time: time,
            limits: limits,
            logger: logger
        )
        reconciler = QuotaReconciler(database: quotas, time: time, hosts: hosts, limits: limits, logger: logger)
        preemptor = Preemptor(database: quotas, time: time, limits: limits, logger: logger)
    }
}
