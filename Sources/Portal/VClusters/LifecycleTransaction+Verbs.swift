import FoundationEssentials

/// The verbs on a vcluster that exists, as callers ask for them and as approved requests run them.
extension LifecycleTransaction {
    /// The change of a verb that needs nothing beside the vcluster.
    func begin(
        _ action: VClusterAction,
        _ verb: OperationVerb,
        on id: VClusterID,
        needing permission: Permission,
        ifMatch: String? = nil
    ) async throws -> VClusterChange {
        let before = try await lock(id, for: permission, ifMatch: ifMatch)
        try before.require(action)
        return try await start(verb, on: before, before: before, parameters: OperationParameters(previous: before))
    }

    /// Deletes softly, or for good with a grace period of zero; see `VClusterService.delete`.
    func delete(_ id: VClusterID, gracePeriod grace: Duration, ifMatch: String? = nil) async throws -> VClusterChange {
        let before = try await lock(id, for: .vclustersDelete, ifMatch: ifMatch)
        if before.phase == .pending {
            return try await discard(before)
        }
        try before.require(before.phase == .deleted && grace == .zero ? .purge : .delete)
        var vcluster = before
        var parameters = OperationParameters(previous: before)
        parameters.phaseBeforeDelete = before.phase
        vcluster.deletedAt = before.deletedAt ?? now
        parameters.purgeAt = grace == .zero ? nil : now.advanced(by: grace)
        return try await start(
            grace == .zero ? .purge : .delete,
            on: vcluster,
            before: before,
            parameters: parameters
        )
    }

    /// Brings a deleted vcluster back; see `VClusterService.undelete`.
    func undelete(_ id: VClusterID, ifMatch: String? = nil) async throws -> VClusterChange {
        let before = try await lock(id, for: .vclustersDelete, ifMatch: ifMatch)
        try before.require(.undelete)
        let deletion = try await lastOperation(of: id, verb: .delete)
        var parameters = OperationParameters(previous: before)
        parameters.phaseBeforeDelete = deletion?.parameters.phaseBeforeDelete ?? .running
        parameters.previousReason = deletion?.parameters.previousReason
        parameters.previousMessage = deletion?.parameters.previousMessage
        return try await start(.undelete, on: before, before: before, parameters: parameters)
    }

    /// Brings what people set about a locked vcluster to what they want: by an operation, or at once.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster as it is wanted.
    ///   - before: The vcluster as it was locked.
    ///   - verb: The operation that brings another spec to the host.
    ///   - reapplies: Whether the same spec is to be applied again.
    /// - Returns: The vcluster as it is now, and the operation when there is one.
    /// - Throws: `PortalError` `.forbidden`, `.invalidPhase`, `.conflict`; `QuotaRefusal`; `ApprovalPending`.
    func settle(
        _ vcluster: inout VCluster,
        before: VCluster,
        verb: OperationVerb,
        reapplies: Bool
    ) async throws -> (vcluster: VCluster, operation: Operation?) {
        try await requireRules(changing: before, to: vcluster)
        if vcluster.spec == before.spec, !reapplies {
            guard before.phase != .deleting, before.phase != .deleted else {
                try before.require(.update)
                return (before, nil)
            }
            return (try await save(vcluster, before: before, auditVerb: .vclusterLabel), nil)
        }
        if verb == .update { try before.require(.update) }
        let change = try await apply(&vcluster, before: before, verb: verb)
        return (change.vcluster, change.operation)
    }

    /// Starts the operation that brings a new spec to the host.
    func apply(_ vcluster: inout VCluster, before: VCluster, verb: OperationVerb) async throws -> VClusterChange {
        vcluster.generation += 1
        var parameters = OperationParameters(previous: before)
        parameters.previousSpec = before.spec
        return try await start(verb, on: vcluster, before: before, parameters: parameters)
    }

    /// Guards by the rules what a change does besides changing the spec.
    private func requireRules(changing before: VCluster, to after: VCluster) async throws {
        let (old, new) = (AccessAttributes(of: before), AccessAttributes(of: after))
        let earlier = after.expiresAt.flatMap { expiry in before.expiresAt.map { $0 <= expiry } == true ? nil : expiry }
        guard old != new || earlier != nil else { return }
        let rules = try await rules(for: before)
        try rules.requireChange(from: old, to: new, at: now)
        // The portal deletes what has expired, in the name of nobody: the rules are asked of who sets the date.
        if let earlier { try rules.require(.vclustersDelete, on: old, at: earlier, isLater: true) }
    }
}
