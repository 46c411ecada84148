/// What the portal asks of one host cluster; the Helm and the simulated driver implement it.
///
/// Every change is idempotent: the operations engine repeats a step after a crash or a lost lease, and the second
/// call has to end in the same state as the first. Every call honours task cancellation and returns soon after it.
/// All errors are `HostError`; anything else counts as `.unknown` and transient.
public protocol HostDriver: Sendable {
    /// Ensures the namespace of a vcluster with the labels that name its owner.
    ///
    /// - Throws: `HostError` `.releaseConflict` when the namespace belongs to someone else.
    func prepare(_ target: VClusterTarget, log: any OperationLog) async throws

    /// Installs the release, or upgrades it to the spec; does not wait for the control plane.
    ///
    /// A paused release is resumed by it. A release that the portal neither made nor adopted is left alone.
    ///
    /// - Throws: `HostError` `.releaseConflict` for a foreign release, `.valuesRejected`, `.chartMissing` and others.
    func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws

    /// Marks an existing release as managed by the portal, so that `install` and `uninstall` accept it.
    ///
    /// - Throws: `HostError` `.notFound` without such a release, `.releaseConflict` when another portal owns it.
    func adopt(_ target: VClusterTarget, log: any OperationLog) async throws

    /// Reads the state of the release; a missing one is an observation (`exists == false`), not an error.
    func observe(_ target: VClusterTarget) async throws -> Observation

    /// Stops the control plane and the tenant's pods and keeps the data; a missing release is `.notFound`.
    func pause(_ target: VClusterTarget, log: any OperationLog) async throws

    /// Starts a paused control plane again; a running one is left alone, a missing release is `.notFound`.
    func resume(_ target: VClusterTarget, log: any OperationLog) async throws

    /// Removes the release, its volumes, what it left behind and the namespace that `prepare` made.
    ///
    /// May return before everything is gone: the engine polls `observe` until `exists` is false.
    func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws

    /// Makes the limits of the namespaces inside of a running vcluster what they should be, and removes those that the
    /// portal set before and that no entry asks for any more.
    ///
    /// A namespace that does not exist yet gets its limit when it is looked at again.
    ///
    /// - Returns: How many limits were written or removed; 0 when all were right.
    /// - Throws: `HostError`: `.hostUnreachable` while the vcluster's API does not answer.
    @discardableResult
    func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int

    /// Writes the archive of a running vcluster, which goes on running.
    ///
    /// - Parameters:
    ///   - target: The vcluster.
    ///   - job: Where the archive goes; one that an earlier attempt left there is replaced.
    ///   - spec: What the vcluster is, to be noted in the archive.
    ///   - log: Takes what is worth reading.
    /// - Returns: Bytes of the archive; nil when the host does not tell.
    /// - Throws: `HostError` `.snapshotFailed` when there is no archive to be had this way, `.notFound`, and others.
    func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64?

    /// Puts what an archive has in place of what the vcluster has, and starts the vcluster, running before or not.
    ///
    /// The archive is read before anything is touched, and the vcluster is started whatever became of it then: only while
    /// something on the host may still be writing its data is it left stopped.
    ///
    /// - Throws: `HostError` `.snapshotUnreadable` with nothing touched, `.snapshotFailed` with the vcluster started again,
    ///   `.notFound`, and others.
    func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws

    /// Deletes an archive; one that is gone is fine.
    ///
    /// - Throws: `HostError` `.notFound` when the release is gone, and with it the way to the archive; `.snapshotFailed`.
    func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws

    /// Returns a kubeconfig (YAML) whose server address works outside of the host; never stored by the portal.
    func kubeconfig(_ target: VClusterTarget) async throws -> String

    /// Reads what the vcluster requests and uses now.
    func usage(_ target: VClusterTarget) async throws -> VClusterUsage

    /// Reads what the host offers and how much of it is requested.
    func capacity() async throws -> HostCapacity

    /// Reads versions and the permissions that the portal needs; used when a host is added.
    func check() async throws -> HostCheck

    /// Lists the vcluster releases of the host, ordered by namespace and name; candidates for adoption.
    func releases() async throws -> [DiscoveredRelease]

    /// Checks what only the chart knows: `helmValues` against its schema, distro and versions against its release.
    ///
    /// - Returns: Every problem found, paths as in the API (`spec.helmValues.…`); empty when the spec is fine.
    func validate(_ spec: VClusterSpec) async throws -> [FieldError]

    /// How long a control plane may take to become ready on this host; nil leaves it to the engine.
    var readinessTimeout: Duration? { get }
}

extension HostDriver {
    /// No limit of the host's own.
    public var readinessTimeout: Duration? { nil }
}

/// Makes the driver of a host; the composition root supplies one for all kinds of hosts.
public protocol HostDriverFactory: Sendable {
    /// Returns the driver of a host, from a cache when nothing about the host has changed.
    ///
    /// - Parameters:
    ///   - host: The host as stored; its `driver` decides the kind, its `version` the cache entry.
    ///   - credentials: The decrypted kubeconfig; nil for hosts that need none.
    /// - Returns: A driver that may be used by many tasks at once.
    /// - Throws: `HostError` when the settings or the credentials cannot be used.
    func driver(for host: Host, credentials: String?) async throws -> any HostDriver
}

/// Where a step writes what people may want to read later, the output of helm above all.
public protocol OperationLog: Sendable {
    /// Appends one or more lines; never fails, text beyond the limits of the log is cut.
    func append(_ text: String) async
}

/// A log that keeps nothing, for calls outside of an operation.
public struct DiscardingOperationLog: OperationLog {
    /// Makes a log that keeps nothing.
    public init() {}

    /// Drops the text.
    public func append(_ text: String) async {}
}
