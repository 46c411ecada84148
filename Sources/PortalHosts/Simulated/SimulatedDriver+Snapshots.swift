import JSON
public import Portal

/// Archives that are not there: a simulated release remembers its snapshots itself, whatever the storage of its host.
extension SimulatedDriver {
    /// Label of a vcluster: how large its snapshots are, as a quantity.
    static let sizeLabel = "simulate.portal/snapshot-size"
    /// The size of an archive as a share of the storage that the release holds, when no label says.
    private static let sizeShare: Int64 = 50

    /// Remembers what the vcluster has now.
    ///
    /// - Returns: What the label `simulate.portal/snapshot-size` says, or a fiftieth of the storage.
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`, `.snapshotFailed` for a paused release, and what the label
    ///   `simulate.portal/fail-snapshot` asks for.
    public func takeSnapshot(
        _ target: VClusterTarget,
        _ job: SnapshotJob,
        spec: VClusterSpec,
        log: any OperationLog
    ) async throws -> Int64? {
        try await enter(isChange: true)
        let release = try await ownRelease(of: target)
        guard release.state == .running else {
            throw HostError(.snapshotFailed, "The simulated vcluster \(target.name) does not run.")
        }
        try await failIfAsked(target, SimulatedFailure.snapshotLabel, release)
        let labelled = target.labels[Self.sizeLabel].flatMap { Quantity($0) }
        let size = labelled?.bytes().value ?? max(1, release.storageBytes / Self.sizeShare)
        var snapshots = release.spec["snapshots"]?.object ?? [:]
        snapshots[job.snapshotID.description] = [
            "size": .number(JSONNumber(size)), "innerQuotas": release.spec["innerQuotas"] ?? [],
        ]
        try await remember(["snapshots": .object(snapshots)], target)
        await Self.say("Snapshot \(job.snapshotID) is taken.", to: log)
        return size
    }

    /// Brings back what a snapshot remembers, and starts the release.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`, `.snapshotUnreadable` with nothing touched, `.unschedulable`
    ///   when a paused release has no room any more, and what the label `simulate.portal/fail-restore` asks for.
    public func restoreSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await enter(isChange: true)
        let release = try await ownRelease(of: target)
        guard let snapshot = release.spec["snapshots"]?[job.snapshotID.description] else {
            throw HostError(
                .snapshotUnreadable,
                "The simulated host \(hostName) has no archive of this snapshot. Nothing was changed."
            )
        }
        try await failIfAsked(target, SimulatedFailure.restoreLabel, release)
        let restored: JSONObject = [
            "innerQuotas": snapshot["innerQuotas"] ?? [], "restoredFrom": .string(job.snapshotID.description),
        ]
        // First, because it may find no room on the host: then nothing is changed.
        if release.state == .paused { try await start(release) }
        try await remember(restored, target)
        await Self.say("Snapshot \(job.snapshotID) is restored.", to: log)
    }

    /// Forgets a snapshot; one that it does not know is fine.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`.
    public func deleteSnapshot(_ target: VClusterTarget, _ job: SnapshotJob, log: any OperationLog) async throws {
        try await enter(isChange: true)
        let release = try await ownRelease(of: target)
        var snapshots = release.spec["snapshots"]?.object ?? [:]
        snapshots[job.snapshotID.description] = nil
        try await remember(["snapshots": .object(snapshots)], target)
        await Self.say("Snapshot \(job.snapshotID) is deleted.", to: log)
    }

    private func remember(_ members: JSONObject, _ target: VClusterTarget) async throws {
        try await store.remember(members, host: hostID, namespace: target.namespace)
    }

    /// A failure that is to happen once is remembered, so that the next attempt works.
    private func failIfAsked(_ target: VClusterTarget, _ label: String, _ release: SimulatedRelease) async throws {
        guard let failure = SimulatedFailure(labels: target.labels, label: label) else { return }
        if failure.isOnce, release.spec[label]?.string == failure.text { return }
        try await remember([label: .string(failure.text)], target)
        throw failure.error(host: hostName)
    }
}
