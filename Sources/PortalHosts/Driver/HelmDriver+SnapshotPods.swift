import JSON
import Kubernetes
import Portal

extension HelmDriver {
    /// Runs a pod on an archive to its end, or goes on with the one that an earlier attempt of the operation has started.
    ///
    /// - Throws: `HostError` `.snapshotFailed` when the program ends with an error: the end of its log is in the message's
    ///   `detail` and in the operation's log; `.timeout` (transient) while it runs on.
    func run(
        _ purpose: SnapshotPod.Purpose,
        _ options: SnapshotOptions,
        _ target: VClusterTarget,
        _ workload: Workload,
        log: any OperationLog
    ) async throws {
        let node = try await node(of: target)
        let pod = SnapshotPod(purpose: purpose, target: target, job: options.job, workload: workload, node: node)
        try requireVolume(pod, options)
        let started = try await start(pod, options, log: log)
        let ended = try await waitUntilEnded(started, target: target)
        if ended.status["phase"]?.string == "Succeeded" {
            await log.append("Pod \(ended.name) has ended well.")
            return try await cluster.delete(.pod, ended.name, in: target.namespace, uid: ended.uid)
        }
        let text = await cluster.logTail(of: ended, container: SnapshotPod.container)
        let shown = options.job.storage.secrets.reduce(text) { $0.replacing($1, with: "…") }
        await log.append("Pod \(ended.name) has failed.\n\(shown)")
        try await cluster.delete(.pod, ended.name, in: target.namespace, uid: ended.uid)
        throw HostError(
            .snapshotFailed,
            "The pod that was to \(purpose.rawValue) the archive failed on host \(hostName). The log of the operation has"
                + " what it said.",
            detail: shown
        )
    }

    /// The node of the first control-plane pod; nil while none runs.
    private func node(of target: VClusterTarget) async throws -> String? {
        try await cluster.list(.pod, in: target.namespace, labels: VClusterKeys.controlPlane(target))
            .filter { $0.deletionTimestamp == nil }
            .min { $0.name < $1.name }?
            .spec["nodeName"]?.string
    }

    private func requireVolume(_ pod: SnapshotPod, _ options: SnapshotOptions) throws {
        guard options.job.storage.kind == .ownVolume, !pod.isPersistent(options.path) else { return }
        throw HostError(
            .snapshotFailed,
            "The control plane of \(pod.target.name) has no volume of its own to keep snapshots on. Ask the administrator"
                + " to set snapshotStorage of host \(hostName)."
        )
    }

    /// The pod of this operation, made unless it is there; one that has failed in an earlier attempt is made anew.
    private func start(
        _ pod: SnapshotPod,
        _ options: SnapshotOptions,
        log: any OperationLog
    ) async throws -> KubernetesObject {
        let namespace = pod.target.namespace
        let poll = Poll(timeout: limits.snapshotPodTimeout, interval: limits.pollInterval)
        let found = try await poll.first { () -> KubernetesObject? in
            if let existing = try await cluster.find(.pod, pod.name, in: namespace) {
                if existing.deletionTimestamp == nil, existing.status["phase"]?.string != "Failed" { return existing }
                try await cluster.delete(.pod, pod.name, in: namespace, uid: existing.uid)
                return nil
            }
            guard let created = try await cluster.create(pod.object) else { return nil }
            await log.append("Pod \(pod.name) is created.")
            return created
        }
        guard let found else { throw stillThere(pod) }
        // After the pod, which owns it; the pod waits for it.
        _ = try await cluster.create(pod.secret(options, of: found))
        return found
    }

    private func stillThere(_ pod: SnapshotPod) -> HostError {
        HostError(
            .timeout,
            "Pod \(pod.name) of an earlier attempt does not go away on host \(hostName); the portal tries again.",
            isTransient: true
        )
    }

    private func waitUntilEnded(_ pod: KubernetesObject, target: VClusterTarget) async throws -> KubernetesObject {
        let poll = Poll(timeout: limits.snapshotPodTimeout, interval: limits.pollInterval)
        var last = pod
        let ended = try await poll.first { () -> KubernetesObject? in
            guard let current = try await cluster.find(.pod, pod.name, in: target.namespace) else {
                throw HostError(.snapshotFailed, "Pod \(pod.name) was deleted on host \(hostName). Retry.")
            }
            last = current
            return ["Succeeded", "Failed"].contains(current.status["phase"]?.string) ? current : nil
        }
        if let ended { return ended }
        let inspection = PodInspection(pods: [last])
        if let problem = inspection.problem { throw PodInspection.error(for: problem) }
        let waiting = inspection.unschedulable.map { " No node takes it: \($0)" } ?? ""
        throw HostError(
            .timeout,
            "Pod \(pod.name) did not end within \(limits.snapshotPodTimeout.components.seconds) seconds on host"
                + " \(hostName).\(waiting)",
            isTransient: true
        )
    }
}

/// Stopping and starting around a restore, with the annotation of the vcluster CLI.
extension HelmDriver {
    /// Stops the control plane and the tenant's pods; a deployed etcd runs on, or is started, because the restore writes
    /// to it.
    func stopToRestore(_ workload: Workload, target: VClusterTarget, log: any OperationLog) async throws {
        if !workload.isStatefulSet, let etcd = try await etcd(of: target) {
            try await start(etcd, target: target, log: log)
            try await waitUntilReady(etcd, target: target)
        }
        try await stop(workload, target: target, isRestore: true, log: log)
        try await waitUntilStopped(workload, target: target)
        let deleted = try await deleteTenantPods(of: target)
        try await normalizeClaims(workload, target: target, log: log)
        await log.append("The control plane has stopped; \(deleted) pods of the tenant were deleted.")
    }

    /// Starts the control plane again and notes which operation has restored it, so that its next attempt does not.
    func startRestored(_ target: VClusterTarget, _ job: SnapshotJob?, log: any OperationLog) async throws {
        let workload = try await existingWorkload(of: target)
        var annotations: JSONObject = [:]
        annotations[OwnerKeys.restoredBy] = job.map { .string($0.operationID.description) }
        try await start(workload, target: target, noting: annotations, log: log)
    }

    private func waitUntilReady(_ etcd: Workload, target: VClusterTarget) async throws {
        let poll = Poll(timeout: limits.pauseTimeout, interval: limits.pollInterval)
        let isReady = try await poll.first { () -> Bool? in
            guard let object = try await cluster.find(etcd.kind, etcd.object.name, in: target.namespace) else {
                throw HostError(.notFound, "The etcd of \(target.name) is gone from host \(hostName).")
            }
            return Workload(object: object, kind: etcd.kind).replicasReady > 0 ? true : nil
        }
        guard isReady == nil else { return }
        throw HostError(.timeout, "The etcd of \(target.name) did not start on host \(hostName).", isTransient: true)
    }

    /// Leaves the claim of the first replica alone, the one that is restored: others would bring back what they have.
    private func normalizeClaims(_ workload: Workload, target: VClusterTarget, log: any OperationLog) async throws {
        guard workload.isStatefulSet else { return }
        for template in workload.object.spec["volumeClaimTemplates"]?.array ?? [] {
            guard let prefix = template["metadata"]?["name"]?.string else { continue }
            let start = "\(prefix)-\(workload.object.name)-"
            let first = "\(start)0"
            let claims = try await cluster.list(.persistentVolumeClaim, in: target.namespace)
                .filter { $0.name.hasPrefix(start) && $0.name.dropFirst(start.count).allSatisfy(\.isNumber) }
            for claim in claims where claim.name != first {
                try await cluster.delete(.persistentVolumeClaim, claim.name, in: target.namespace, uid: claim.uid)
                await log.append("Volume claim \(claim.name) of a further replica was deleted; it comes back empty.")
            }
            guard !claims.contains(where: { $0.name == first }) else { continue }
            let claim = KubernetesObject(
                kind: .persistentVolumeClaim,
                namespace: target.namespace,
                name: first,
                labels: ["app": "vcluster", "release": target.release],
                members: ["spec": template["spec"] ?? [:]]
            )
            _ = try await cluster.create(claim)
            await log.append("Volume claim \(first) was missing and is made again.")
        }
    }
}
