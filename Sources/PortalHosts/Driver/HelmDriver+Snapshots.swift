import Foundation
import JSON
import Kubernetes
public import Portal

/// Snapshots by pods with vcluster's own program; the exit code decides.
extension HelmDriver {
    /// Writes the archive of a running vcluster by a pod beside its control plane.
    ///
    /// - Returns: nil: the program tells no size.
    /// - Throws: `HostError` `.snapshotFailed` with the end of the pod's log, or where there is no volume to write to;
    ///   `.notFound`, `.timeout` (transient) while the pod runs on.
    public func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64? {
        let workload = try await workloadForSnapshots(of: target, job)
        guard workload.replicasDesired > 0 else {
            throw HostError(
                .snapshotFailed,
                "The control plane of \(target.name) does not run. Resume it and try again."
            )
        }
        var options = SnapshotOptions(job: job)
        options.release = try await release(target, workload, spec)
        try await run(.write, options, target, workload, log: log)
        return nil
    }

    /// Puts what an archive has in place of what the vcluster has, as the vcluster CLI does it.
    ///
    /// A pod reads the archive first. Then the control plane is stopped, another pod restores, and the control plane is
    /// started whatever that came to, unless the pod may still be at it.
    ///
    /// - Throws: `HostError` `.snapshotUnreadable` with nothing touched, `.snapshotFailed` with the control plane started
    ///   again, `.notFound`, `.timeout` (transient) while a pod runs on.
    public func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        let workload = try await workloadForSnapshots(of: target, job)
        if workload.object.annotations[OwnerKeys.restoredBy] == job.operationID.description {
            return await log.append("An earlier attempt has restored the snapshot and started the control plane.")
        }
        let options = SnapshotOptions(job: job)
        do {
            try await run(.verify, options, target, workload, log: log)
        } catch let error as HostError where !error.isTransient {
            // Only an earlier attempt of this operation can have stopped it.
            if workload.isRestoring { try await giveUpRestoring(target, log: log) }
            guard error.reason == .snapshotFailed else { throw error }
            throw HostError(
                .snapshotUnreadable,
                "The archive cannot be read, so nothing was changed. \(error.message)",
                detail: error.detail
            )
        }
        try await stopToRestore(workload, target: target, log: log)
        do {
            try await run(.restore, options, target, workload, log: log)
        } catch let error as HostError where !error.isTransient {
            try await giveUpRestoring(target, log: log)
            throw error
        }
        try await startRestored(target, job, log: log)
    }

    /// Starts the control plane as it was, once no pod is left that could begin to restore beside it.
    private func giveUpRestoring(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await removeSnapshotPods(of: target)
        try await startRestored(target, nil, log: log)
    }

    /// Deletes an archive by a pod; works while the control plane is stopped, too.
    ///
    /// - Throws: `HostError` `.notFound` without a release, `.snapshotFailed`, `.timeout` (transient).
    public func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        let workload = try await workloadForSnapshots(of: target, job)
        do {
            try await run(.delete, SnapshotOptions(job: job), target, workload, log: log)
        } catch let error as HostError where error.reason == .snapshotFailed && Self.isMissing(error.detail ?? "") {
            await log.append("There is no such archive any more.")
        }
    }

    /// The workload, once no pod of an earlier operation is left that could still touch an archive or the data.
    private func workloadForSnapshots(of target: VClusterTarget, _ job: SnapshotJob) async throws -> Workload {
        try await requireOwnership(of: target)
        let workload = try await existingWorkload(of: target)
        guard !workload.isAsleep else {
            throw HostError(
                .releaseConflict,
                "The vCluster platform put \(target.name) to sleep. Wake it up there; the portal must not."
            )
        }
        try await removeSnapshotPods(of: target, except: job)
        return workload
    }

    /// Deletes pods of other operations and waits until they are gone.
    func removeSnapshotPods(of target: VClusterTarget, except job: SnapshotJob? = nil) async throws {
        let kept = job.map { SnapshotPod.suffix(of: $0) }
        let poll = Poll(timeout: limits.snapshotPodTimeout, interval: limits.pollInterval)
        let areGone = try await poll.first { () -> Bool? in
            let pods = try await cluster.list(.pod, in: target.namespace, labels: SnapshotPod.selector)
                .filter { pod in kept.map { !pod.name.hasSuffix($0) } ?? true }
            for pod in pods where pod.deletionTimestamp == nil {
                try await cluster.delete(.pod, pod.name, in: target.namespace, uid: pod.uid)
            }
            return pods.isEmpty ? true : nil
        }
        guard areGone == nil else { return }
        throw HostError(
            .timeout,
            "A pod of an earlier snapshot of \(target.name) does not end. A node of host \(hostName) may be down; retry.",
            isTransient: true
        )
    }

    /// What the archive notes, so that the CLI can make a vcluster of it.
    private func release(
        _ target: VClusterTarget,
        _ workload: Workload,
        _ spec: VClusterSpec
    ) async throws -> JSONObject {
        let values = HelmValues(spec: spec, context: try await context(for: target)).document
        var release: JSONObject = [
            "releaseName": .string(target.release), "releaseNamespace": .string(target.namespace),
            "chartName": "vcluster", "values": .string(JSONValue.object(values).encodedString().base64),
        ]
        release["chartVersion"] = workload.chartVersion.map { .string($0) }
        return release
    }

    private static func isMissing(_ text: String) -> Bool {
        ["no such file", "NoSuchKey", "not found", "NotFound", "does not exist"].contains { text.contains($0) }
    }
}

extension String {
    /// The UTF-8 of the text as base64.
    var base64: String { Data(utf8).base64EncodedString() }
}
