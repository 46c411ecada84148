extension PortalLimits {
    /// VClusters, their deletion and their observation.
    public struct VClusters: Sendable {
        /// How long a deleted vcluster can be brought back when its deletion names no grace period.
        public var gracePeriodDefault: Duration = .seconds(72 * 3600)
        /// The longest grace period that a deletion may name.
        public var gracePeriodMax: Duration = .seconds(30 * 86400)
        /// How many vclusters one pass of the reaper starts to delete or purge.
        public var reapBatch = 20
        /// How long an expired vcluster is left alone after its deletion has failed or was cancelled.
        public var expiryRetryInterval: Duration = .seconds(600)
        /// How long the reaper rests between two passes.
        public var reapInterval: Duration = .seconds(15)
        /// How old an observation of a vcluster at rest may get.
        public var observeInterval: Duration = .seconds(60)
        /// How many vclusters one pass of the drift watcher takes.
        public var observeBatch = 50
        /// How many of them it observes at a time.
        public var observationsAtOnceMax = 8
        /// How long one observation may take.
        public var observeTimeout: Duration = .seconds(20)
        /// How long a call of a host may take that a request waits for: kubeconfig, usage.
        public var hostCallTimeout: Duration = .seconds(15)
        /// How long the events of vclusters are kept.
        public var eventRetention: Duration = .seconds(30 * 86400)
        /// How many tenants one list may cover.
        public var tenantsPerListMax = 10_000

        /// The defaults.
        public init() {}
    }

    /// The operations engine.
    public struct Operations: Sendable {
        /// How many operations one process runs at a time; they mostly wait, so there may be more than cores.
        public var lanes = 32
        /// How many operations one claim takes; small, so that several servers share a burst.
        public var claimBatch = 4
        /// How long a claim holds without a heartbeat.
        public var lease: Duration = .seconds(15)
        /// How long a worker relies on a lease that it could not renew: what it runs on a host has to be stopped by the end.
        public var leaseUse: Duration { lease * 4 / 5 }
        /// How often a worker renews its lease and looks for a cancellation.
        public var heartbeat: Duration = .seconds(5)
        /// How often a worker looks for work without being told of any; ± 25 %.
        public var pollInterval: Duration = .seconds(2)
        /// How long running steps may go on after the server was told to stop, before their leases are released.
        public var drain: Duration = .seconds(5)
        /// How often a step is begun before its operation fails.
        public var attemptsMax = 12
        /// The pause after the first failure of a step; it doubles with every further one.
        public var backoffMin: Duration = .seconds(1)
        /// The longest pause between two attempts.
        public var backoffMax: Duration = .seconds(60)
        /// How long a step may take that changes something, helm's own time included.
        public var stepTimeout: Duration = .seconds(300)
        /// How long a control plane may take to become ready, or to stop, or to be gone.
        public var waitTimeout: Duration = .seconds(600)
        /// An operation that has not ended by then fails.
        public var deadline: Duration = .seconds(1800)
        /// The first pause between two looks at the host while a step waits; grows by half each time.
        public var observeMin: Duration = .milliseconds(100)
        /// The longest pause between two looks at the host.
        public var observeMax: Duration = .seconds(3)
        /// How long each failure on the host may last before it ends the wait: some heal by themselves.
        public var patience: [HostFailureReason: Duration] = [
            .imagePullFailed: .seconds(10),
            .controlPlaneCrashed: .seconds(20),
            .hostQuotaExceeded: .seconds(10),
            .unschedulable: .seconds(60),
            .volumePending: .seconds(120),
        ]
        /// How many lines the log of one operation has; later ones are dropped.
        public var logLinesMax = 5000
        /// The longest line of a log, in characters; the rest of it is cut.
        public var logLineLengthMax = 4000
        /// How long logs are kept.
        public var logRetention: Duration = .seconds(30 * 86400)
        /// How many rows of one table one sweep removes.
        public var sweepBatch = 5000

        /// The defaults.
        public init() {}
    }

    /// The change feed.
    public struct Changes: Sendable {
        /// How long a change can be read again; an older cursor starts over.
        public var retention: Duration = .seconds(6 * 3600)
        /// How often a feed looks for changes without being told of any; ± 25 %.
        public var pollInterval: Duration = .seconds(1)
        /// How soon a feed looks again when a change is committed but an older transaction still runs.
        public var settleInterval: Duration = .milliseconds(20)
        /// How many rows one read takes.
        public var readBatch = 500
        /// How many subscribers one process serves.
        public var subscribersMax = 2000
        /// How many items wait for a slow subscriber before it is cut off and has to resume.
        public var bufferMax = 1000

        /// The defaults.
        public init() {}
    }
}
