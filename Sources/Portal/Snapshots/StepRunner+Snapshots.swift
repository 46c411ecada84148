import FoundationEssentials
import Postgres

extension StepRunner {
    /// Runs a step that is about the snapshot of the operation.
    ///
    /// - Throws: `HostError`; what `OperationStore` throws.
    func changeSnapshot(_ kind: StepKind, _ driver: any HostDriver) async throws {
        guard let id = stored.parameters.snapshot?.id, let snapshot = try await store.snapshot(id) else {
            throw HostError(.notFound, "The snapshot of this operation is not known to the portal any more.")
        }
        let job = try await job(on: snapshot)
        switch kind {
        case .takeSnapshot:
            let size = try await driver.takeSnapshot(target, job, spec: vcluster.spec, log: log)
            if let size { try await measure(snapshot, sizeBytes: size, job, driver) }
        case .restoreSnapshot:
            try await driver.restoreSnapshot(target, job, log: log)
        default:
            try await delete(snapshot, job, driver)
        }
    }

    /// Deletes the archives of a vcluster that do not go with its volumes, one by one, before the vcluster itself goes.
    func deleteArchives(_ driver: any HostDriver) async throws {
        guard stored.operation.verb == .purge else { return }
        for snapshot in try await store.snapshots(of: vcluster.id) where snapshot.storage != .ownVolume {
            do {
                try await driver.deleteSnapshot(target, job(on: snapshot), log: log)
            } catch let error as HostError where [.notFound, .snapshotUnreadable].contains(error.reason) {
                // Nothing is left that could reach the archive; that must not keep the vcluster alive.
                await log.append("Delete \(snapshot.location) in its storage, the portal cannot: \(error.message)")
            }
            try await store.forget(snapshot.id, of: stored.operation)
        }
    }

    /// An archive on the volume of a release that somebody has removed went with it.
    private func delete(_ snapshot: Snapshot, _ job: SnapshotJob, _ driver: any HostDriver) async throws {
        do {
            try await driver.deleteSnapshot(target, job, log: log)
        } catch let error as HostError where error.reason == .notFound && snapshot.storage == .ownVolume {
            await log.append("The release is gone from the host, and the archive with its volume.")
        }
    }

    /// The job of this operation on the archive of a snapshot.
    ///
    /// - Throws: `HostError` `.snapshotUnreadable` when the archive lies where the host has no storage any more.
    private func job(on snapshot: Snapshot) async throws -> SnapshotJob {
        let configured = try await hosts.snapshotStorage(vcluster.hostID)
        let storage = snapshot.storage == .ownVolume ? .ownVolume : configured
        guard snapshot.storage == .ownVolume || configured.holds(snapshot.location) else {
            throw HostError(
                .snapshotUnreadable,
                "The archive of the snapshot \(snapshot.name) lies in a storage that the host \(vcluster.hostName) does "
                    + "not have any more. Ask the administrator to set the storage back, then retry."
            )
        }
        return SnapshotJob(
            snapshotID: snapshot.id,
            operationID: stored.operation.id,
            storage: storage,
            location: snapshot.location
        )
    }

    /// Counts an archive by its size from now on; one that the quotas have no room for is deleted again.
    private func measure(
        _ snapshot: Snapshot,
        sizeBytes: Int64,
        _ job: SnapshotJob,
        _ driver: any HostDriver
    ) async throws {
        do {
            try await store.measure(snapshot, sizeBytes: sizeBytes, of: stored.operation)
        } catch is QuotaRefusal {
            try await driver.deleteSnapshot(target, job, log: log)
            throw HostError(
                .quotaExceeded,
                "The archive has \(QuotaDimension.snapshotStorage.text(sizeBytes)), for which the quotas have no room; it "
                    + "was deleted. Delete other snapshots, or ask for a larger quota of snapshotStorage."
            )
        }
    }
}

extension OperationStore {
    /// A snapshot by its id; nil when it is gone.
    func snapshot(_ id: SnapshotID) async throws -> Snapshot? {
        try await database.query(SnapshotQueries.find(id)).first.map { try Snapshot(row: $0) }
    }

    /// All snapshots of a vcluster, newest first.
    func snapshots(of id: VClusterID) async throws -> [Snapshot] {
        let most = PortalLimits.Snapshots.perVClusterMax
        return try await database.query(SnapshotQueries.list(of: id, before: nil, limit: most))
            .map { try Snapshot(row: $0) }
    }

    /// Writes down the size of an archive and counts it by that.
    ///
    /// - Throws: `QuotaRefusal` when it is larger than the estimate and a level has no room for it; `LeaseLost`,
    ///   `CancelRequested`.
    func measure(_ snapshot: Snapshot, sizeBytes: Int64, of operation: Operation) async throws {
        try await write(locking: operation.vclusterID) { lifecycle, _ in
            var measured = snapshot
            measured.reservedBytes = sizeBytes
            try await lifecycle.transaction.execute(SnapshotQueries.measure(snapshot.id, sizeBytes: sizeBytes))
            try await lifecycle.quotas.reserve(measured.reservation)
        }
    }

    /// Forgets a snapshot whose archive the operation has deleted.
    func forget(_ id: SnapshotID, of operation: Operation) async throws {
        try await write(locking: operation.vclusterID) { lifecycle, _ in try await lifecycle.forget(id) }
    }
}
