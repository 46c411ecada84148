/// One health check of a vcluster, after the list in the chart's documentation.
public struct HealthCheck: Sendable, Hashable {
    /// The outcome of a check.
    public enum State: String, Sendable, Hashable {
        /// The check passed.
        case passing
        /// Not yet; waiting may help.
        case pending
        /// Broken; waiting alone does not help.
        case failing
        /// The check does not apply or could not be made.
        case unknown
    }

    /// What was checked, in kebab case: `workload`, `pods`, `readyz`, `kubeconfig`, `volumes`, `etcd`, `dns`.
    public var name: String
    /// The outcome.
    public var state: State
    /// One sentence for a person; empty when there is nothing to say.
    public var message: String

    /// Makes a check result.
    public init(name: String, state: State, message: String = "") {
        self.name = name
        self.state = state
        self.message = message
    }
}

/// Something about the release that changed outside of the portal.
public struct DriftFinding: Sendable, Hashable {
    /// A CamelCase word for machines: `ScaledDownExternally`, `ValuesChanged`, `LabelsRemoved`.
    public var reason: String
    /// What was found and what to do, for a person.
    public var message: String

    /// Makes a finding.
    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}

/// What a driver saw of one vcluster at one moment.
public struct Observation: Sendable, Hashable {
    /// The release is there; false once uninstall has finished, and before the first install.
    public var exists: Bool
    /// The control plane is paused by the portal (or by the vcluster CLI).
    public var isPaused: Bool
    /// Replicas the workload asks for; 0 when paused.
    public var replicasDesired: Int
    /// Replicas that are ready.
    public var replicasReady: Int
    /// Pods of the control plane that still exist; a pause is complete at 0.
    public var replicasPresent: Int
    /// The workload runs the newest revision of the release, so an update has arrived everywhere.
    public var isCurrent: Bool
    /// The virtual API server answers; nil when the driver cannot ask it from where it runs.
    public var isAPIReady: Bool?
    /// The health checks, in a fixed order.
    public var checks: [HealthCheck]
    /// The first failure that explains why the vcluster is not ready; critical ones have `isTransient == false`.
    public var failure: HostError?
    /// The address of the virtual API server for people, with scheme and port.
    public var endpoint: String?
    /// The version that the virtual API server runs, `v1.33.4`.
    public var kubernetesVersion: String?
    /// The chart version of the release.
    public var chartVersion: String?
    /// What changed outside of the portal.
    public var drift: [DriftFinding]

    /// Makes an observation; the defaults describe a release that is not there.
    public init(
        exists: Bool = false,
        isPaused: Bool = false,
        replicasDesired: Int = 0,
        replicasReady: Int = 0,
        replicasPresent: Int = 0,
        isCurrent: Bool = true,
        isAPIReady: Bool? = nil,
        checks: [HealthCheck] = [],
        failure: HostError? = nil,
        endpoint: String? = nil,
        kubernetesVersion: String? = nil,
        chartVersion: String? = nil,
        drift: [DriftFinding] = []
    ) {
        self.exists = exists
        self.isPaused = isPaused
        self.replicasDesired = replicasDesired
        self.replicasReady = replicasReady
        self.replicasPresent = replicasPresent
        self.isCurrent = isCurrent
        self.isAPIReady = isAPIReady
        self.checks = checks
        self.failure = failure
        self.endpoint = endpoint
        self.kubernetesVersion = kubernetesVersion
        self.chartVersion = chartVersion
        self.drift = drift
    }

    /// Whether people can work with the vcluster now.
    public var isReady: Bool {
        exists && !isPaused && isCurrent && replicasDesired > 0 && replicasReady >= replicasDesired
            && isAPIReady != false && failure == nil
    }
}
