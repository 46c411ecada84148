import Foundation
import JSON
import Kubernetes
public import Portal

/// Pause and resume as the vcluster CLI does it, so that either can undo what the other did.
extension HelmDriver {
    /// Stops the control plane and the tenant's pods and keeps the data.
    ///
    /// - Throws: `HostError` `.notFound` without a release, `.timeout` when pods do not end in time.
    public func pause(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await requireOwnership(of: target)
        let workload = try await existingWorkload(of: target)
        if workload.isRestoring { try await removeSnapshotPods(of: target) }
        try await stop(workload, target: target, log: log)
        // The CLI leaves a deployed etcd of a StatefulSet alone; it only scales the one beside a Deployment.
        if !workload.isStatefulSet, let etcd = try await etcd(of: target) {
            try await stop(etcd, target: target, log: log)
        }
        try await waitUntilStopped(workload, target: target)
        let deleted = try await deleteTenantPods(of: target)
        await log.append("The control plane has stopped; \(deleted) pods of the tenant were deleted.")
    }

    /// Scales a workload to 0 and notes why and from where; what is stopped for the same reason is left alone.
    func stop(
        _ workload: Workload,
        target: VClusterTarget,
        isRestore: Bool = false,
        log: any OperationLog
    ) async throws {
        if isRestore ? workload.isRestoring : workload.isPaused, workload.replicasDesired == 0 { return }
        let replicas = try await replicasWanted(of: workload, target: target)
        let annotations: JSONObject = [
            VClusterKeys.paused: isRestore ? nil : "true",
            VClusterKeys.restoring: isRestore ? "true" : nil,
            VClusterKeys.pausedReplicas: .string("\(replicas)"),
            VClusterKeys.pausedDate: .string(RFC3339.format(Date())),
        ]
        let patch: JSONValue = ["metadata": ["annotations": .object(annotations)], "spec": ["replicas": 0]]
        try await cluster.patch(workload.kind, workload.object.name, in: target.namespace, with: patch)
        await log.append("\(workload.object.kind) \(workload.object.name) is scaled from \(replicas) to 0.")
    }

    /// The replicas to come back with: those that run, those that were noted, or those of the values.
    private func replicasWanted(of workload: Workload, target: VClusterTarget) async throws -> Int {
        if workload.replicasDesired > 0 { return workload.replicasDesired }
        let isNoted = workload.isPaused || workload.isRestoring
        if isNoted, let noted = workload.pausedReplicas, noted > 0 { return noted }
        return try await configuredReplicas(of: target, workload: workload)
    }

    func waitUntilStopped(_ workload: Workload, target: VClusterTarget) async throws {
        let poll = Poll(timeout: limits.pauseTimeout, interval: limits.pollInterval)
        let name = workload.object.name
        let isStopped = try await poll.first { () -> Bool? in
            guard let object = try await cluster.find(workload.kind, name, in: target.namespace) else { return true }
            let current = Workload(object: object, kind: workload.kind)
            let observed = object.status["observedGeneration"]?.int ?? 0
            return current.replicasPresent == 0 && observed >= object.generation ?? 0 ? true : nil
        }
        guard isStopped != nil else {
            throw HostError(
                .timeout,
                "The control plane of \(target.name) did not stop within"
                    + " \(limits.pauseTimeout.components.seconds) seconds. A node of host \(hostName) may be down; retry.",
                isTransient: true
            )
        }
    }

    /// Deletes the tenant's pods on the host; they come back at a resume, because their objects inside persist.
    func deleteTenantPods(of target: VClusterTarget) async throws -> Int {
        var deleted = 0
        for _ in 0..<limits.podDeletionRoundsMax {
            var pods = try await cluster.list(.pod, in: target.namespace, labels: VClusterKeys.tenant(target))
            for namespace in try await syncedNamespaces(of: target) {
                pods += try await cluster.list(.pod, in: namespace.name)
            }
            let alive = pods.filter { $0.deletionTimestamp == nil }.prefix(limits.podsDeletedPerRoundMax)
            if alive.isEmpty { break }
            for pod in alive { try await cluster.delete(.pod, pod.name, in: pod.namespace) }
            deleted += alive.count
        }
        return deleted
    }

    /// Host namespaces that the syncer made for inner ones (sync.toHost.namespaces).
    func syncedNamespaces(of target: VClusterTarget) async throws -> [KubernetesObject] {
        try await cluster.list(.namespace, labels: VClusterKeys.clusterWide(target))
    }

    /// Starts a paused control plane again; a running one is left alone.
    ///
    /// One that was scaled down without a pause gets the replicas of its values: for the portal it was suspended, by
    /// whatever means.
    ///
    /// - Throws: `HostError` `.notFound` without a release, `.releaseConflict` when the platform put it to sleep.
    public func resume(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await requireOwnership(of: target)
        let workload = try await existingWorkload(of: target)
        if workload.isAsleep {
            throw HostError(
                .releaseConflict,
                "The vCluster platform put \(target.name) to sleep. Wake it up there; the portal must not."
            )
        }
        // Two programs must not work on the same data.
        if workload.isRestoring { try await removeSnapshotPods(of: target) }
        if !workload.isStatefulSet, let etcd = try await etcd(of: target) {
            try await start(etcd, target: target, log: log)
        }
        try await start(workload, target: target, log: log)
    }

    /// Scales a stopped workload back, and takes away the notes of why it was stopped.
    func start(
        _ workload: Workload,
        target: VClusterTarget,
        noting notes: JSONObject = [:],
        log: any OperationLog
    ) async throws {
        guard workload.isPaused || workload.isRestoring || workload.replicasDesired == 0 else { return }
        let replicas = try await replicasWanted(of: workload, target: target)
        var annotations = notes
        for key in [
            VClusterKeys.paused, VClusterKeys.restoring, VClusterKeys.pausedReplicas, VClusterKeys.pausedDate,
        ] { annotations[key] = .null }
        let patch: JSONValue = [
            "metadata": ["annotations": .object(annotations)], "spec": ["replicas": .number(JSONNumber(replicas))],
        ]
        try await cluster.patch(workload.kind, workload.object.name, in: target.namespace, with: patch)
        await log.append("\(workload.object.kind) \(workload.object.name) is scaled to \(replicas).")
    }

    /// Replicas by the release's values; 1 when they cannot be read.
    func configuredReplicas(of target: VClusterTarget, workload: Workload) async throws -> Int {
        guard let values = try await installedValues(of: target) else { return 1 }
        let isEtcd = workload.object.labels["app"] == "vcluster-etcd"
        return InstalledValues(yaml: values).replicas(ofEtcd: isEtcd) ?? 1
    }
}
