/// Every bound of the host drivers, in one place.
///
/// The defaults suit a production host. Tests shorten the waits; nothing else in the target may hold a number of
/// its own that decides how long or how much.
public struct HostLimits: Sendable {
    /// How long one upgrade by helm may run.
    ///
    /// Charts of this size take seconds; a slow registry takes minutes.
    public var helmUpgradeTimeout: Duration = .seconds(300)
    /// How long one `helm uninstall` may run.
    public var helmUninstallTimeout: Duration = .seconds(300)
    /// How long a helm command that only reads (`list`, `show`, `version`) may run.
    public var helmReadTimeout: Duration = .seconds(60)
    /// How long helm has to end by itself after a timeout or a cancellation before it is killed.
    public var helmGracePeriod: Duration = .seconds(3)
    /// Helm processes of one portal process at a time; further ones wait for their turn.
    public var helmProcessesMax = 8
    /// Captured bytes of helm's standard output; what comes after is read and dropped.
    public var helmOutputBytesMax = 4 * 1024 * 1024
    /// Captured bytes at the end of helm's standard error, where the reason stands.
    public var helmErrorBytesMax = 64 * 1024
    /// Characters of one line of helm's output that reach the operation's log.
    public var logLineCharactersMax = 2_000
    /// Lines of one helm command that reach the operation's log.
    public var logLinesMax = 1_000

    /// How long to wait for a namespace of the same name that is still terminating (the CLI waits as long).
    public var namespaceTerminationTimeout: Duration = .seconds(120)
    /// How long a pause waits for the control plane's replicas to reach zero (the CLI waits as long).
    public var pauseTimeout: Duration = .seconds(180)
    /// How long one look at the pod of a snapshot lasts; the engine looks again at one that runs on.
    public var snapshotPodTimeout: Duration = .seconds(120)
    /// Lines of such a pod's log that reach the operation's log when it fails.
    public var snapshotLogLines = 20
    /// Bytes of them.
    public var snapshotLogBytes = 16 * 1024
    /// How old an unfinished helm command has to be before it counts as interrupted and its release is unlocked.
    ///
    /// A helm that lost its portal may still be at work for a moment.
    public var helmLockAgeMin: Duration = .seconds(20)
    /// Time between two looks at an object that is waited for.
    public var pollInterval: Duration = .milliseconds(500)

    /// How long one probe of a vcluster's own API may take.
    public var tenantProbeTimeout: Duration = .seconds(5)
    /// How long one other call of a vcluster's own API may take.
    public var tenantCallTimeout: Duration = .seconds(15)
    /// Bytes of a kubeconfig, both those stored for hosts and those read from a vcluster's secret.
    public var kubeconfigBytesMax = 1024 * 1024
    /// Pods deleted one by one at a pause; more than these are deleted in further rounds.
    public var podsDeletedPerRoundMax = 2_000
    /// Rounds of deleting tenant pods at a pause: the syncer may bring a pod back while it still runs.
    public var podDeletionRoundsMax = 3

    /// Schema violations reported at once.
    public var schemaViolationsMax = 50
    /// Bytes of a chart's `values.schema.json`.
    public var schemaBytesMax = 4 * 1024 * 1024
    /// References followed before a schema counts as circular.
    public var schemaReferenceDepthMax = 64
    /// Nesting of a values document.
    public var valuesDepthMax = 64

    /// Drivers kept by `PortalHostDrivers`, one for each host.
    public var cachedDriversMax = 256
    /// Charts whose version and schema are remembered for one host.
    public var cachedChartsMax = 64
    /// Releases that a host's list for adoption shows at most.
    public var releasesMax = 500
    /// How long the chart version read from a chart is believed.
    public var chartVersionLifetime: Duration = .seconds(300)

    /// Creates the default limits.
    public init() {}
}
