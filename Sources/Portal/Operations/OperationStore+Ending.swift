import FoundationEssentials
import Postgres

extension OperationStore {
    /// Ends the operation well: the vcluster reaches the phase that the verb leads to.
    ///
    /// - Parameters:
    ///   - stored: The operation.
    ///   - observation: What was seen last on the host; nil when nothing was looked at.
    ///   - last: The step that ends with it.
    /// - Throws: `LeaseLost`, `CancelRequested`.
    func succeed(_ stored: StoredOperation, observation: Observation?, last: OperationStep) async throws {
        let operation = stored.operation
        try await write(locking: operation.vclusterID) { lifecycle, locked in
            guard let locked else { throw LeaseLost() }
            try await lifecycle.transaction.pipeline([
                OperationLeaseQueries.endStep(
                    lease,
                    last.name,
                    state: .succeeded,
                    message: "",
                    at: lifecycle.now
                ),
                OperationLeaseQueries.end(lease, state: .succeeded, reason: nil, message: "", at: lifecycle.now),
                lifecycle.change(.operation, .modified, id: operation.id.uuid, of: locked),
                lifecycle.event(
                    .normal,
                    operation.verb.doneReason,
                    operation.verb.doneText,
                    of: locked,
                    operationID: operation.id
                ),
            ])
            if operation.verb == .purge {
                try await lifecycle.transaction.pipeline([
                    VClusterQueries.purge(locked.id, at: lifecycle.now),
                    lifecycle.change(.vcluster, .deleted, id: locked.id.uuid, of: locked),
                ])
                try await lifecycle.forgetSnapshots(of: locked.id)
                try await lifecycle.quotas.release(locked.id)
                return
            }
            var vcluster = locked.reached(stored, observation: observation, at: lifecycle.now)
            vcluster.activeOperationID = nil
            try await lifecycle.transaction.pipeline([
                VClusterQueries.save(vcluster, at: lifecycle.now),
                lifecycle.change(.vcluster, .modified, id: vcluster.id.uuid, of: vcluster),
            ])
            try await lifecycle.succeedSnapshot(of: stored)
            if operation.verb.isAboutSnapshot { return }
            // Only now is it certain that the host has no more than this, if the spec has reached it.
            let demand = VClusterDemand(vcluster.spec, isRunning: vcluster.phase == .running)
            try await lifecycle.quotas.settle(vcluster, demand: demand)
        }
    }

    /// Ends the operation badly: the vcluster is in `ERROR` and stays visible, whatever the verb was.
    ///
    /// Its reservation stays as large as the failed change began it, because the host may have any part of it.
    func fail(_ stored: StoredOperation, step: OperationStep?, error: HostError) async throws {
        let operation = stored.operation
        try await write(locking: operation.vclusterID, noticingCancel: false) { lifecycle, locked in
            guard let locked else { throw LeaseLost() }
            var statements: [SQL] = []
            if let step {
                statements.append(
                    OperationLeaseQueries.endStep(
                        lease,
                        step.name,
                        state: .failed,
                        message: error.message,
                        at: lifecycle.now
                    )
                )
            }
            statements += [
                OperationLeaseQueries.end(
                    lease,
                    state: .failed,
                    reason: error.reason.rawValue,
                    message: error.message,
                    at: lifecycle.now
                ),
                lifecycle.change(.operation, .modified, id: operation.id.uuid, of: locked),
                lifecycle.event(.warning, error.reason.rawValue, error.message, of: locked, operationID: operation.id),
            ]
            let vcluster =
                operation.verb.isAboutSnapshot
                ? locked.resting(as: stored.parameters) : locked.failed(error, at: lifecycle.now)
            statements += [
                VClusterQueries.save(vcluster, at: lifecycle.now),
                lifecycle.change(.vcluster, .modified, id: vcluster.id.uuid, of: vcluster),
            ]
            try await lifecycle.transaction.pipeline(statements)
            try await lifecycle.failSnapshot(of: operation, stored.parameters.snapshot, message: error.message)
        }
    }

    /// Ends the operation because a person wanted it.
    func cancelled(_ stored: StoredOperation) async throws {
        try await write(locking: stored.operation.vclusterID, noticingCancel: false) { lifecycle, locked in
            // Read again: what was loaded does not know yet whether the first step was begun.
            guard let locked, let now = try await lifecycle.stored(OperationQueries.find(lease.operationID)) else {
                throw LeaseLost()
            }
            let operation = now.operation
            let message = "Cancelled on request."
            try await lifecycle.transaction.pipeline([
                OperationLeaseQueries.end(
                    lease,
                    state: .cancelled,
                    reason: Reason.cancelled,
                    message: message,
                    at: lifecycle.now
                ),
                OperationQueries.skipSteps(of: operation.id, at: lifecycle.now),
                lifecycle.change(.operation, .modified, id: operation.id.uuid, of: locked),
                lifecycle.event(.warning, Reason.cancelled, message, of: locked, operationID: operation.id),
            ])
            try await lifecycle.settle(locked, after: operation, parameters: stored.parameters)
        }
    }
}

extension VCluster {
    /// The vcluster after an operation on it was given up.
    fileprivate func failed(_ error: HostError, at now: Date) -> VCluster {
        var vcluster = self
        vcluster.phase = .error
        vcluster.reason = error.reason.rawValue
        vcluster.message = error.message
        // A deletion that failed is none: the vcluster is among the others again, and nothing purges it by itself.
        vcluster.deletedAt = nil
        vcluster.purgeAt = nil
        vcluster.activeOperationID = nil
        vcluster.conditions = conditions.setting(
            VClusterCondition(
                type: .ready,
                status: .false,
                reason: error.reason.rawValue,
                message: error.message,
                lastTransitionAt: now
            )
        )
        return vcluster
    }

    /// The vcluster after an operation on it has succeeded.
    fileprivate func reached(_ stored: StoredOperation, observation: Observation?, at now: Date) -> VCluster {
        if stored.operation.verb.isAboutSnapshot { return resting(as: stored.parameters) }
        var vcluster = self
        vcluster.reason = nil
        vcluster.message = ""
        if stored.bringsSpec {
            vcluster.observedGeneration = max(observedGeneration, min(stored.generation, generation))
        }
        switch stored.operation.verb {
        case .create, .scale, .update, .resume, .restore:
            vcluster.phase = .running
        case .adopt:
            vcluster.phase = observation?.isPaused == true ? .suspended : .running
        case .suspend:
            vcluster.phase = .suspended
        case .delete, .purge:
            vcluster.phase = .deleted
            vcluster.deletedAt = deletedAt ?? now
            // From now on and not from when it was asked for: a host that was away may have eaten up the grace period.
            vcluster.purgeAt = stored.purgeAt(from: now) ?? now
            vcluster.expiresAt = upcomingExpiry(at: now)
        case .undelete:
            vcluster.phase = stored.parameters.phaseBeforeDelete ?? .running
            vcluster.expiresAt = upcomingExpiry(at: now)
            vcluster.deletedAt = nil
            vcluster.purgeAt = nil
            if vcluster.phase == .error {
                vcluster.reason = stored.parameters.previousReason ?? Reason.cancelled
                vcluster.message = stored.parameters.previousMessage ?? ""
            }
        case .snapshot, .deleteSnapshot:
            break
        }
        if let observation {
            vcluster.endpoint = observation.endpoint ?? endpoint
            vcluster.kubernetesVersion = observation.kubernetesVersion ?? kubernetesVersion
            vcluster.chartVersion = observation.chartVersion ?? chartVersion
        }
        vcluster.conditions = vcluster.settledConditions(at: now)
        return vcluster
    }

    /// The expiry that is still to come: who brings a vcluster back does not want it to expire again at once.
    private func upcomingExpiry(at now: Date) -> Date? {
        expiresAt.flatMap { $0 > now ? $0 : nil }
    }

    private func settledConditions(at now: Date) -> [VClusterCondition] {
        let isRunning = phase == .running
        let ready = VClusterCondition(
            type: .ready,
            status: isRunning ? .true : .false,
            reason: isRunning ? "ControlPlaneReady" : phase == .error ? reason ?? "Error" : "Paused",
            message: "",
            lastTransitionAt: now
        )
        guard observedGeneration == generation else { return conditions.setting(ready) }
        let inSync = VClusterCondition(type: .drifted, status: .false, reason: "InSync", lastTransitionAt: now)
        return conditions.setting(ready).setting(inSync)
    }
}

extension OperationVerb {
    /// What has happened, as a word for machines.
    var doneReason: String {
        switch self {
        case .create: "Created"
        case .adopt: "Adopted"
        case .suspend: "Suspended"
        case .resume: "Resumed"
        case .scale: "Scaled"
        case .update: "Updated"
        case .delete: "Deleted"
        case .undelete: "Undeleted"
        case .purge: "Purged"
        case .snapshot: "SnapshotTaken"
        case .restore: "Restored"
        case .deleteSnapshot: "SnapshotDeleted"
        }
    }

    /// What has happened, as a sentence.
    var doneText: String {
        switch self {
        case .create: "The vcluster is installed and its API server answers."
        case .adopt: "The release is managed by the portal now."
        case .suspend: "The vcluster is paused, its data is kept."
        case .resume: "The vcluster runs again."
        case .scale: "The new size is in effect."
        case .update: "The new spec is in effect."
        case .delete: "The vcluster is paused and can be brought back until its grace period ends."
        case .undelete: "The vcluster is back."
        case .purge: "The release, its volumes and its namespace are gone."
        case .snapshot: "The snapshot is ready."
        case .restore: "The vcluster has what the snapshot had, and runs."
        case .deleteSnapshot: "The snapshot is gone."
        }
    }
}
