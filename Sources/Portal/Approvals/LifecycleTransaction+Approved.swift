import FoundationEssentials
import JSON
import Postgres

extension LifecycleTransaction {
    /// Makes the change of an approved request, as its verb would: everything is checked again as of now.
    ///
    /// - Returns: The vcluster, and the operation unless only labels and the like changed.
    /// - Throws: What the verb throws: `PortalError`, `QuotaRefusal`, `HostShortage`; `.conflict` when the vcluster was
    ///   changed after the request was filed.
    func run(_ request: ApprovalRequest) async throws -> (vcluster: VCluster, operation: Operation?) {
        if request.verb == .create { return try await create(request.change).parts }
        guard let id = request.vclusterID else { throw PortalError.notFound("vcluster") }
        switch request.verb {
        case .create, .scale, .update: return try await change(id, request)
        case .suspend: return try await begin(.suspend, .suspend, on: id, needing: .vclustersSuspend).parts
        case .resume: return try await begin(.resume, .resume, on: id, needing: .vclustersSuspend).parts
        case .delete:
            let seconds = request.change["gracePeriodSeconds"]?.int ?? 0
            return try await delete(id, gracePeriod: .seconds(seconds)).parts
        case .undelete: return try await undelete(id).parts
        case .restore:
            guard let snapshotID = request.change["snapshotId"]?.string.flatMap({ SnapshotID($0) }) else {
                throw PortalError(.internal, "A request in the database cannot be read.")
            }
            let change = try await restore(id, from: snapshotID)
            return (change.vcluster, change.operation)
        }
    }

    private func create(_ body: JSONValue) async throws -> VClusterChange {
        guard let new = NewVCluster(approved: body), let hostID = new.hostID else {
            throw PortalError(.internal, "A request in the database cannot be read.")
        }
        let everything = transaction.elevated(for: .placement)
        guard let row = try await everything.query(HostQueries.byID(hostID)).first else {
            throw PortalError(.conflict, "The host that it was to live on does not exist any more.")
        }
        let host = try Host(row: row)
        guard host.acceptsNew else {
            throw PortalError(.conflict, "The host \(host.name) accepts no new vclusters any more.")
        }
        if let expiry = new.expiresAt, expiry <= now {
            throw PortalError(.conflict, "The vcluster would have expired before it was approved.")
        }
        let spec = try VClusterSpec(validating: new.spec)
        // `insert` fills in the name and the path of the tenant, which may have been moved.
        var vcluster = VCluster(pending: new, of: ("", []), on: host, spec: spec, at: now)
        vcluster.environment = new.environment ?? .development
        vcluster.createdBy = caller.userID
        return try await insert(vcluster, verb: .create)
    }

    private func change(
        _ id: VClusterID,
        _ request: ApprovalRequest
    ) async throws -> (vcluster: VCluster, operation: Operation?) {
        let before = try await lock(id, for: .vclustersUpdate)
        guard before.generation == request.change["generation"]?.int else {
            throw PortalError(
                .conflict,
                "\(before.name) was changed after the request was filed. Ask for the change again."
            )
        }
        var vcluster = before
        try vcluster.take(request.change)
        if let expiry = vcluster.expiresAt, expiry != before.expiresAt, expiry <= now {
            throw PortalError(.conflict, "The vcluster would have expired before the change was approved.")
        }
        if request.verb == .scale { try before.require(.scale) }
        let verb: OperationVerb = request.verb == .scale ? .scale : .update
        return try await settle(&vcluster, before: before, verb: verb, reapplies: false)
    }
}

extension VClusterChange {
    fileprivate var parts: (vcluster: VCluster, operation: Operation?) { (vcluster, operation) }
}
