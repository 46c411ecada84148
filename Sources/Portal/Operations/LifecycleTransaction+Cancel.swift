import Postgres

extension LifecycleTransaction {
    /// Stops an operation, see `OperationService.cancel`.
    ///
    /// Locks the vcluster, the operation, and the quotas when there is something to give back.
    func cancel(_ known: Operation) async throws -> Operation {
        let row = try await transaction.query(VClusterQueries.lock(known.vclusterID)).first
        guard let stored = try await stored(OperationQueries.lock(known.id)) else {
            throw PortalError.notFound("operation")
        }
        var operation = stored.operation
        guard !operation.state.isFinal, let row else {
            throw PortalError(
                .conflict,
                "The operation has ended (\(operation.state.rawValue)), there is nothing left to cancel."
            )
        }
        if operation.isCancelRequested { return operation }
        let vcluster = try VCluster(row: row)
        try await requireRules(.operationsCancel, on: vcluster)
        operation.isCancelRequested = true
        if operation.state == .running {
            try await transaction.pipeline([
                OperationQueries.requestCancel(operation.id, at: now),
                OperationQueries.notify(operation.id),
                change(.operation, .modified, id: operation.id.uuid, of: vcluster),
            ])
            try await audit(.operationCancel, of: vcluster, before: nil, after: nil)
            return operation
        }
        operation.state = .cancelled
        operation.reason = Reason.cancelled
        operation.message = "Cancelled by \(caller.user.name)."
        operation.finishedAt = now
        try await transaction.pipeline([
            OperationQueries.cancelIdle(operation.id, message: operation.message, at: now),
            OperationQueries.skipSteps(of: operation.id, at: now),
            event(.warning, Reason.cancelled, operation.message, of: vcluster, operationID: operation.id),
            change(.operation, .modified, id: operation.id.uuid, of: vcluster),
        ])
        try await settle(vcluster, after: operation, parameters: stored.parameters)
        try await audit(.operationCancel, of: vcluster, before: nil, after: nil)
        return operation
    }

    /// Puts a locked vcluster into the phase that a cancelled operation leaves it in.
    func settle(_ vcluster: VCluster, after operation: Operation, parameters: OperationParameters) async throws {
        if operation.startedAt == nil, operation.retryOf == nil, vcluster.phase == .pending {
            try await transaction.pipeline([
                VClusterQueries.purge(vcluster.id, at: now),
                change(.vcluster, .deleted, id: vcluster.id.uuid, of: vcluster),
            ])
            try await quotas.release(vcluster.id)
            return
        }
        var settled = vcluster
        settled.activeOperationID = nil
        if operation.verb.isAboutSnapshot {
            settled = vcluster.resting(as: parameters)
        } else if operation.startedAt == nil {
            settled.phase = parameters.previousPhase
            settled.reason = parameters.previousReason
            settled.message = parameters.previousMessage ?? ""
            // Another try did not change the spec, so it has none to go back to.
            if operation.retryOf == nil, let spec = parameters.previousSpec {
                let wasOnHost = vcluster.observedGeneration == vcluster.generation - 1
                if spec != vcluster.spec {
                    settled.spec = spec
                    settled.generation += 1
                }
                if wasOnHost { settled.observedGeneration = settled.generation }
            }
            if operation.verb == .delete || operation.verb == .purge, settled.phase != .deleted {
                settled.deletedAt = nil
                settled.purgeAt = nil
            }
        } else {
            settled.phase = .error
            settled.reason = Reason.cancelled
            settled.message = "The \(operation.verb.rawValue) was cancelled. Retry it, or delete the vcluster."
            // As for a deletion that failed: nothing purges what is in ERROR by itself.
            settled.deletedAt = nil
            settled.purgeAt = nil
        }
        try await transaction.pipeline([
            VClusterQueries.save(settled, at: now),
            change(.vcluster, .modified, id: settled.id.uuid, of: settled),
        ])
        // What had begun may have changed the host already: its reservation stays until a change succeeds.
        if operation.startedAt == nil {
            try await undoSnapshot(of: operation, parameters.snapshot)
            if !operation.verb.isAboutSnapshot { try await quotas.restore(settled.id) }
        } else {
            try await failSnapshot(of: operation, parameters.snapshot, message: "It was cancelled.")
        }
    }
}
