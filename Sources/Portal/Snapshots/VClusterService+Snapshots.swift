public import FoundationEssentials
import JSON
import Postgres

/// Snapshots of vclusters and their way back.
extension VClusterService {
    /// The snapshots of a vcluster, newest first.
    ///
    /// - Throws: `PortalError` `.notFound`, `.invalidArgument` for a foreign page token.
    public func snapshots(
        of id: VClusterID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<Snapshot> {
        _ = try await get(id, as: caller)
        let cursor: SnapshotID? = try page.position(in: "snapshots")
        let rows = try await database.as(caller).query(
            SnapshotQueries.list(of: id, before: cursor, limit: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try Snapshot(row: $0) }, request: page, list: "snapshots", position: \.id)
    }

    /// One snapshot.
    ///
    /// - Throws: `PortalError` `.notFound`.
    public func snapshot(_ id: SnapshotID, as caller: Caller) async throws -> Snapshot {
        guard let row = try await database.as(caller).query(SnapshotQueries.find(id), idempotent: true).first else {
            throw PortalError.notFound("snapshot")
        }
        let snapshot = try Snapshot(row: row)
        guard caller.has(.vclustersRead, onPath: snapshot.tenantPath) else { throw PortalError.notFound("snapshot") }
        return snapshot
    }

    /// Where archives of a vcluster's host go.
    ///
    /// - Throws: `PortalError` `.notFound` when the host is gone.
    public func snapshotStorage(of vcluster: VCluster) async throws -> SnapshotStorage.Kind {
        try await hosts.host(vcluster.hostID).snapshotStorage.map { SnapshotStorage.Kind(location: $0) } ?? .ownVolume
    }

    /// Takes a snapshot of a running vcluster, which goes on running.
    ///
    /// The quotas of the tenant have to have room for the estimate of `PortalLimits.Snapshots`; once the host tells the
    /// size of the archive, that counts instead.
    ///
    /// - Returns: The snapshot in `pending`, the vcluster in `SNAPSHOTTING`, and the operation.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidPhase` unless it is `RUNNING`, `.invalidArgument`,
    ///   `.alreadyExists` for a name that is taken, `.conflict` for too many snapshots, `.quotaExceeded`,
    ///   `.preconditionFailed`, `.unavailable` when the storage of the host cannot be read.
    @discardableResult
    public func takeSnapshot(
        of id: VClusterID,
        _ new: NewSnapshot = NewSnapshot(),
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> SnapshotChange {
        let storage = try await hosts.snapshotStorage(get(id, as: caller).hostID)
        let (name, description) = try checked(new)
        do {
            return try await lifecycle(as: caller) { lifecycle in
                let before = try await lifecycle.lock(id, for: .vclustersSnapshot, ifMatch: ifMatch)
                try before.require(.snapshot)
                try await lifecycle.requireRoom(forSnapshotOf: before)
                let snapshotID = SnapshotID()
                let snapshot = Snapshot(
                    id: snapshotID,
                    vclusterID: id,
                    vclusterName: before.name,
                    tenantID: before.tenantID,
                    tenantPath: before.tenantPath,
                    name: name,
                    description: description,
                    state: .pending,
                    sizeBytes: nil,
                    reservedBytes: limits.snapshots.sizeEstimateBytes,
                    location: storage.location(of: snapshotID, in: id),
                    chartVersion: before.chartVersion,
                    kubernetesVersion: before.kubernetesVersion,
                    spec: before.spec,
                    message: "",
                    createdBy: caller.userID,
                    createdByName: caller.user.name,
                    createdAt: lifecycle.now,
                    readyAt: nil
                )
                try await lifecycle.transaction.execute(SnapshotQueries.insert(snapshot))
                return try await lifecycle.start(.snapshot, snapshot, of: before)
            }
        } catch  where error.violates("snapshots_name_is_unique_in_vcluster") {
            throw PortalError(
                .alreadyExists,
                "The vcluster has a snapshot named \(name) already. Choose another name.",
                fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken in this vcluster")]
            )
        }
    }

    /// Brings back what a snapshot has, in place of what the vcluster has now; it ends running.
    ///
    /// Size and settings stay as they are now: a restore takes as much of the quotas as a vcluster that runs, so that of a
    /// suspended one has to be admitted like its resumption. What was written after the snapshot is lost.
    ///
    /// - Parameters:
    ///   - id: The vcluster.
    ///   - snapshotID: A snapshot of it that is `ready`.
    ///   - ifMatch: The `If-Match` header.
    ///   - caller: Who asks.
    /// - Returns: The snapshot, the vcluster in `RESTORING`, and the operation.
    /// - Throws: `ApprovalPending`; `PortalError` `.notFound`, `.forbidden`, `.invalidPhase`, `.invalidArgument` for a snapshot of another
    ///   vcluster or none, `.conflict` for one that is not ready, `.quotaExceeded`, `.preconditionFailed`.
    @discardableResult
    public func restore(
        _ id: VClusterID,
        from snapshotID: SnapshotID,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> SnapshotChange {
        try await lifecycle(as: caller) { try await $0.restore(id, from: snapshotID, ifMatch: ifMatch) }
    }

    /// Deletes a snapshot and its archive, and gives back what it takes of the quotas.
    ///
    /// - Returns: The snapshot in `deleting`, the vcluster in `SNAPSHOTTING`, and the operation.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidPhase` while the vcluster changes or is deleted.
    @discardableResult
    public func deleteSnapshot(_ id: SnapshotID, as caller: Caller) async throws -> SnapshotChange {
        let known = try await snapshot(id, as: caller)
        return try await lifecycle(as: caller) { lifecycle in
            let before = try await lifecycle.lock(known.vclusterID, for: .vclustersSnapshot)
            // Again, now that nobody else can change it.
            guard var snapshot = try await lifecycle.snapshot(id) else { throw PortalError.notFound("snapshot") }
            try before.requireRest()
            let reference = SnapshotReference(snapshot)
            snapshot.state = .deleting
            let update = SnapshotQueries.set(.deleting, message: "", of: id)
            try await lifecycle.transaction.execute(update)
            return try await lifecycle.start(.deleteSnapshot, snapshot, reference, of: before)
        }
    }

    private func checked(_ new: NewSnapshot) throws(PortalError) -> (name: String, description: String) {
        var errors = FieldErrors()
        let name = TextRules.label(
            new.name ?? "snapshot-\(Self.stamp(time.now()))",
            field: "name",
            lengthMax: PortalLimits.Snapshots.nameLengthMax,
            errors: &errors
        )
        let description = TextRules.paragraph(
            new.description,
            field: "description",
            lengthMax: PortalLimits.Snapshots.descriptionLengthMax,
            errors: &errors
        )
        try errors.throwIfAny()
        return (name, description)
    }

    /// A time in UTC as a part of a name: `20260314-092653`.
    public static func stamp(_ time: Date) -> String {
        let digits = RFC3339.format(time).prefix(19).filter { $0.isNumber }
        return "\(digits.prefix(8))-\(digits.dropFirst(8))"
    }
}

extension VCluster {
    /// Guards the deletion of a snapshot, which needs somebody to carry it out: no other change may be on its way.
    ///
    /// - Throws: `PortalError` `.invalidPhase` with `phase` and `allowedActions`.
    fileprivate func requireRest() throws(PortalError) {
        guard phase.isTransitional || phase == .deleted else { return }
        let next =
            phase == .deleted
            ? "Its snapshots go with it; bring it back to delete them one by one."
            : "Wait until the change that is on its way has ended, or cancel it."
        throw PortalError(
            .invalidPhase,
            "\(name) is \(phase.rawValue), which does not allow deleting a snapshot. \(next)",
            extensions: [
                "phase": .string(phase.rawValue),
                "allowedActions": .array(allowedActions.map { .string($0.rawValue) }),
            ]
        )
    }
}
