import Crypto
import Foundation
import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Installs the release, or upgrades it to the spec; does not wait for the control plane.
    ///
    /// A paused release is resumed first: `helm upgrade` would start it anyway and leave the annotations of the pause
    /// behind. A release that an interrupted helm left locked is unlocked, once nobody can be working on it any more.
    ///
    /// - Throws: `HostError` `.releaseConflict` for a foreign release, `.valuesRejected`, `.chartMissing` and others.
    public func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws {
        try await requireOwnership(of: target)
        if let workload = try await workload(of: target) {
            if let owner = workload.ownerID, owner != target.id.description { throw conflict(target, owner: owner) }
            try await requireUpgradePath(from: workload, to: spec, target: target)
            if workload.isPaused || workload.isRestoring { try await resume(target, log: log) }
        }
        let chart = ChartReference(settings: settings, spec: spec)
        let values = HelmValues(spec: spec, context: try await context(for: target)).document
        let limit = min(limits.helmUpgradeTimeout, .seconds(settings.installTimeoutSeconds))
        let command = HelmCommand.upgrade(
            release: target.release,
            namespace: target.namespace,
            chart: chart,
            values: .object(values),
            timeout: limit
        )
        let before = try await failures(of: target)
        await log.append("Installing chart \(chart.chart)\(chart.version.map { " \($0)" } ?? "") with helm.")
        do {
            _ = try await run(command, log: log)
        } catch let error as HelmError {
            let finding = classifier(target).classify(error)
            guard finding.isReleaseLocked, try await unlock(target, log: log) else { throw finding.error }
            _ = try await runClassified(command, target: target, log: log)
        }
        try await recordInstalledValues(of: target)
        try await setPodSecurity(of: target, isolation: spec.isolation)
        try await startAfresh(target, after: before, log: log)
    }

    /// Refuses changes of a release that is there which the chart would accept and the data not survive.
    private func requireUpgradePath(
        from workload: Workload,
        to spec: VClusterSpec,
        target: VClusterTarget
    ) async throws {
        let values = try await installedValues(of: target).map(InstalledValues.init)
        let path = UpgradePath(
            chartVersion: workload.chartVersion,
            kubernetesVersion: workload.kubernetesVersion,
            store: values?.store,
            etcdReplicas: values?.etcdReplicas
        )
        let chartVersion = spec.chartVersion ?? settings.chartVersion
        guard let problem = path.problem(spec: spec, chartVersion: chartVersion) else { return }
        throw HostError(.valuesRejected, problem)
    }

    /// Runs helm and throws its errors as those of the host.
    func runClassified(
        _ command: HelmCommand,
        target: VClusterTarget,
        log: (any OperationLog)?
    ) async throws -> HelmRunner.Output {
        do {
            return try await run(command, log: log)
        } catch let error as HelmError {
            throw classifier(target).classify(error).error
        }
    }

    /// What went wrong before an install: a retry must not end by what the attempt before it left behind.
    private struct FailuresBefore {
        /// Pods with a container in a critical state.
        let pods: [KubernetesObject]
        /// Events of pods that could not be created.
        let creates: Int64
    }

    private func failures(of target: VClusterTarget) async throws -> FailuresBefore {
        var pods = try await cluster.list(.pod, in: target.namespace, labels: VClusterKeys.controlPlane(target))
        pods += try await cluster.list(.pod, in: target.namespace, labels: VClusterKeys.etcd(target))
        let creates = Sighting.failedCreates(in: try await warnings(of: target))
        let annotations: JSONObject = [OwnerKeys.failedCreates: .string("\(creates)")]
        let patch: JSONValue = ["metadata": ["annotations": .object(annotations)]]
        try await cluster.patch(.namespace, target.namespace, with: patch)
        return FailuresBefore(pods: pods.filter { PodInspection(pods: [$0]).problem != nil }, creates: creates)
    }

    /// Makes Kubernetes try at once what it would try again in minutes: kubelets wait longer after each failed pull,
    /// and controllers after each refused pod.
    private func startAfresh(
        _ target: VClusterTarget,
        after before: FailuresBefore,
        log: any OperationLog
    ) async throws {
        for pod in before.pods {
            try await cluster.delete(.pod, pod.name, in: target.namespace, uid: pod.uid)
            await log.append("Pod \(pod.name) could not start; it is replaced by a new one.")
        }
        guard before.creates > 0, let workload = try await workload(of: target) else { return }
        let annotations: JSONObject = [OwnerKeys.retriedAt: .string(RFC3339.format(Date()))]
        let patch: JSONValue = ["metadata": ["annotations": .object(annotations)]]
        try await cluster.patch(workload.kind, workload.object.name, in: target.namespace, with: patch)
    }

    /// What the values need to know about the release that is there already.
    func context(for target: VClusterTarget) async throws -> HelmValues.Context {
        let service = try await cluster.find(.service, target.release, in: target.namespace)
        return HelmValues.Context(
            settings: settings,
            release: target.release,
            namespace: target.namespace,
            ownerLabels: OwnerKeys.labels(of: target),
            httpsNodePort: service.flatMap { Self.nodePort("https", of: $0) },
            kubeletNodePort: service.flatMap { Self.nodePort("kubelet", of: $0) }
        )
    }

    /// The node port of a service's port; nil when it has none.
    static func nodePort(_ name: String, of service: KubernetesObject) -> Int? {
        let ports = service.spec["ports"]?.array ?? []
        let port = ports.first { $0["name"]?.string == name }?["nodePort"]?.int
        return port.flatMap { $0 > 0 ? Int($0) : nil }
    }

    /// Frees a release that an interrupted helm left in a pending state.
    ///
    /// - Returns: False when another helm may still be at work, so that nothing was done.
    private func unlock(_ target: VClusterTarget, log: any OperationLog) async throws -> Bool {
        let secrets = try await cluster.list(
            .secret,
            in: target.namespace,
            labels: "owner=helm,name=\(target.release)"
        )
        let revisions = secrets.compactMap(HelmRevision.init).sorted { $0.number < $1.number }
        guard let last = revisions.last, last.isPending else { return true }
        let ageSeconds = Int64(Date().timeIntervalSince1970) - (last.modifiedAtSeconds ?? 0)
        guard ageSeconds >= limits.helmLockAgeMin.components.seconds else { return false }
        if let deployed = revisions.last(where: { $0.status == "deployed" }) {
            await log.append("A helm command was interrupted: going back to revision \(deployed.number) first.")
            let command = HelmCommand.rollback(
                release: target.release,
                namespace: target.namespace,
                revision: deployed.number,
                timeout: limits.helmUpgradeTimeout
            )
            _ = try await runClassified(command, target: target, log: log)
        } else {
            // Never deployed, so nobody has worked with it; the volumes stay, a second start takes them over.
            await log.append("The first install was interrupted: removing what it left first.")
            let command = HelmCommand.uninstall(
                release: target.release,
                namespace: target.namespace,
                timeout: limits.helmUninstallTimeout
            )
            _ = try await runClassified(command, target: target, log: log)
        }
        return true
    }

    /// Notes on the namespace what was installed, so that `observe` can tell when somebody else changes it.
    func recordInstalledValues(of target: VClusterTarget) async throws {
        var annotations: JSONObject = [OwnerKeys.generation: .string("\(target.generation)")]
        annotations[OwnerKeys.valuesFingerprint] =
            try await installedValues(of: target).map { .string(Self.fingerprint($0)) } ?? .null
        let patch: JSONValue = ["metadata": ["annotations": .object(annotations)]]
        try await cluster.patch(.namespace, target.namespace, with: patch)
    }

    /// The merged values that the chart keeps in Secret `vc-config-NAME`; nil before the first install.
    func installedValues(of target: VClusterTarget) async throws -> [UInt8]? {
        try await cluster.find(.secret, "vc-config-\(target.release)", in: target.namespace)?
            .decodedData("config.yaml")
    }

    static func fingerprint(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }.joined()
    }

    /// Full isolation holds on the host's side too: the chart's own setting covers namespaces inside only.
    private func setPodSecurity(of target: VClusterTarget, isolation: VClusterSpec.Isolation) async throws {
        let level: JSONValue = isolation == .full ? "baseline" : nil
        let labels: JSONObject = ["pod-security.kubernetes.io/enforce": level]
        guard case .ours(isCreated: true) = try await ownership(of: target) else { return }
        try await cluster.patch(.namespace, target.namespace, with: ["metadata": ["labels": .object(labels)]])
    }
}
