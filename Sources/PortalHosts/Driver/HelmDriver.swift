import Foundation
import JSON
import Kubernetes
import Logging
public import Portal

/// A real host: `helm` for the chart, the Kubernetes API for everything else.
///
/// Every vcluster has a namespace of its own on the host. Ownership is a label with the vcluster's id on the namespace
/// and on the workload; what lacks it, or has another id, is never changed. The driver keeps no state: each call reads
/// what is there, so any server process can go on where another one stopped.
public struct HelmDriver: HostDriver {
    let hostName: String
    let settings: HelmHostSettings
    let credentials: String
    let cluster: HostCluster
    let helm: HelmRunner
    let chart: ChartInspector
    let probe: any TenantProbe
    let limits: HostLimits
    let logger: Logger

    /// Connects nothing yet.
    ///
    /// - Parameters:
    ///   - hostName: Name of the host, for messages.
    ///   - settings: Settings of the host.
    ///   - credentials: Kubeconfig of the host, YAML.
    ///   - client: Client of the host's API, for the same kubeconfig and context.
    ///   - schema: The chart's schema that ships with the portal, for charts whose own cannot be read.
    ///   - probe: Asks the vclusters' own API servers.
    ///   - helm: The helm for hosts that name none.
    ///   - slots: The turns of all helm processes.
    ///   - limits: Bounds of waits and sizes.
    ///   - logger: Takes what nobody needs to read.
    init(
        hostName: String,
        settings: HelmHostSettings,
        credentials: String,
        client: KubernetesClient,
        schema: ChartSchema,
        probe: any TenantProbe,
        helm: String = "helm",
        slots: HelmSlots,
        limits: HostLimits = HostLimits(),
        logger: Logger
    ) {
        self.hostName = hostName
        self.settings = settings
        self.credentials = credentials
        self.limits = limits
        self.logger = logger
        self.probe = probe
        cluster = HostCluster(client: client, hostName: hostName, limits: limits)
        self.helm = HelmRunner(executable: settings.helmPath ?? helm, limits: limits, slots: slots)
        chart = ChartInspector(helm: self.helm, bundled: schema, limits: limits)
    }

    /// `installTimeoutSeconds` of the host.
    public var readinessTimeout: Duration? { .seconds(settings.installTimeoutSeconds) }

    /// Runs helm with the host's kubeconfig; its output goes to the log as it comes.
    ///
    /// - Throws: `HelmError`, `CancellationError`.
    func run(_ command: HelmCommand, log: (any OperationLog)? = nil) async throws -> HelmRunner.Output {
        var command = command
        if command.needsCluster, let context = settings.kubeContext {
            command.arguments += ["--kube-context", context]
        }
        var sink: HelmRunner.LineSink?
        if let log { sink = { line in await log.append(line) } }
        return try await helm.run(command, kubeconfig: credentials, onLine: sink)
    }

    /// Explains helm's errors about one release.
    func classifier(_ target: VClusterTarget) -> HelmErrorClassifier {
        HelmErrorClassifier(
            subject: HelmErrorClassifier.Subject(
                host: hostName,
                chart: settings.chart,
                namespace: target.namespace,
                release: target.release
            )
        )
    }

    /// The workload of a release: the StatefulSet, else the Deployment.
    func workload(of target: VClusterTarget) async throws -> Workload? {
        for kind in [ResourceKind.statefulSet, .deployment] {
            let found = try await cluster.list(kind, in: target.namespace, labels: VClusterKeys.controlPlane(target))
            if let object = found.min(by: { $0.name < $1.name }) { return Workload(object: object, kind: kind) }
        }
        return nil
    }

    /// The StatefulSet of a deployed etcd.
    func etcd(of target: VClusterTarget) async throws -> Workload? {
        try await cluster.list(.statefulSet, in: target.namespace, labels: VClusterKeys.etcd(target)).first
            .map { Workload(object: $0, kind: .statefulSet) }
    }

    /// The workload of a release that has to be there.
    func existingWorkload(of target: VClusterTarget) async throws -> Workload {
        if let workload = try await workload(of: target) { return workload }
        throw HostError(
            .notFound,
            "The vcluster \(target.name) has no control plane on host \(hostName). It was removed outside of the portal"
                + " or never installed; retry to install it again."
        )
    }
}
