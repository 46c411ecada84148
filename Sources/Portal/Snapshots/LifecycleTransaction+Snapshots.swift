import Postgres

extension LifecycleTransaction {
    /// A snapshot; nil when there is none that the caller sees.
    func snapshot(_ id: SnapshotID) async throws -> Snapshot? {
        try await transaction.query(SnapshotQueries.find(id)).first.map { try Snapshot(row: $0) }
    }

    /// Guards the number of snapshots of a locked vcluster.
    ///
    /// - Throws: `PortalError` `.conflict`.
    func requireRoom(forSnapshotOf vcluster: VCluster) async throws {
        let rows = try await transaction.query(SnapshotQueries.count(of: vcluster.id))
        let most = PortalLimits.Snapshots.perVClusterMax
        guard try rows.first?.decode("count", as: Int.self) ?? 0 >= most else { return }
        throw PortalError(.conflict, "\(vcluster.name) has \(most) snapshots already. Delete one that is not needed.")
    }

    /// Brings back what a snapshot has; see `VClusterService.restore`.
    func restore(_ id: VClusterID, from snapshotID: SnapshotID, ifMatch: String? = nil) async throws -> SnapshotChange {
        let before = try await lock(id, for: .vclustersRestore, ifMatch: ifMatch)
        try before.require(.restore)
        guard let snapshot = try await snapshot(snapshotID), snapshot.vclusterID == id else {
            throw PortalError.invalid("snapshotId", FieldErrorCode.notFound, "is not a snapshot of this vcluster")
        }
        guard snapshot.state == .ready else {
            throw PortalError(
                .conflict,
                "The snapshot \(snapshot.name) is \(snapshot.state.rawValue); only one that is ready can be restored."
            )
        }
        return try await start(.restore, snapshot, of: before)
    }

    /// Starts an operation on a snapshot and its locked vcluster.
    ///
    /// - Parameters:
    ///   - verb: What the operation does.
    ///   - snapshot: The snapshot as it is now; a new one is inserted already.
    ///   - reference: The snapshot as it was, unless that is the same.
    ///   - vcluster: The vcluster as it was locked.
    /// - Returns: The snapshot, the vcluster and the operation as they are now.
    /// - Throws: As `start`.
    func start(
        _ verb: OperationVerb,
        _ snapshot: Snapshot,
        _ reference: SnapshotReference? = nil,
        of vcluster: VCluster
    ) async throws -> SnapshotChange {
        var parameters = OperationParameters(previous: vcluster)
        parameters.snapshot = reference ?? SnapshotReference(snapshot)
        let change = try await start(
            verb,
            on: vcluster,
            before: vcluster,
            parameters: parameters,
            reserving: verb == .snapshot ? snapshot.reservation : nil
        )
        return SnapshotChange(snapshot: snapshot, vcluster: change.vcluster, operation: change.operation)
    }

    /// Writes what a successful operation means for its snapshot: taken, or gone.
    func succeedSnapshot(of stored: StoredOperation) async throws {
        guard let id = stored.parameters.snapshot?.id else { return }
        switch stored.operation.verb {
        case .snapshot: try await transaction.execute(SnapshotQueries.finish(id, at: now))
        case .deleteSnapshot: try await forget(id)
        default: break
        }
    }

    /// Writes what an operation that was given up means for its snapshot: nobody knows what there is of the archive, so
    /// that it goes on counting until it is deleted.
    func failSnapshot(of operation: Operation, _ reference: SnapshotReference?, message: String) async throws {
        guard operation.verb.isAboutSnapshot, let id = reference?.id else { return }
        try await transaction.execute(SnapshotQueries.set(.failed, message: message, of: id))
    }

    /// Puts a snapshot back to what it was before an operation that never began; a new one is gone.
    func undoSnapshot(of operation: Operation, _ reference: SnapshotReference?) async throws {
        guard operation.verb.isAboutSnapshot, let reference else { return }
        if operation.verb == .snapshot { return try await forget(reference.id) }
        let update = SnapshotQueries.set(reference.previousState, message: "", of: reference.id)
        try await transaction.execute(update)
    }

    /// Forgets a snapshot whose archive is gone, and gives back what it takes of the quotas.
    func forget(_ id: SnapshotID) async throws {
        try await transaction.execute(SnapshotQueries.delete(id))
        try await quotas.release(id)
    }

    /// Forgets all snapshots of a vcluster that is gone for good.
    func forgetSnapshots(of id: VClusterID) async throws {
        for row in try await transaction.query(SnapshotQueries.deleteAll(of: id)) {
            try await quotas.release(try row.decode("id", as: SnapshotID.self))
        }
    }
}

extension VCluster {
    /// The vcluster as it was before an operation that leaves it alone: a snapshot that fails harms nobody.
    func resting(as parameters: OperationParameters) -> VCluster {
        var vcluster = self
        vcluster.phase = parameters.previousPhase
        vcluster.reason = parameters.previousReason
        vcluster.message = parameters.previousMessage ?? ""
        vcluster.activeOperationID = nil
        return vcluster
    }
}

extension OperationVerb {
    /// Whether the operation is about a snapshot and leaves the vcluster as it is, whatever becomes of it.
    var isAboutSnapshot: Bool { self == .snapshot || self == .deleteSnapshot }
}
