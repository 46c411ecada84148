/// Where a vcluster is in its life; the phases of the base API and two of our own.
public enum VClusterPhase: String, Sendable, Hashable, CaseIterable {
    /// Accepted; no worker has begun.
    case pending = "PENDING"
    /// Being installed.
    case creating = "CREATING"
    /// The API server answers.
    case running = "RUNNING"
    /// Getting other resources or another number of replicas.
    case scaling = "SCALING"
    /// Getting another spec.
    case updating = "UPDATING"
    /// Being paused (ours).
    case suspending = "SUSPENDING"
    /// Paused, data kept.
    case suspended = "SUSPENDED"
    /// Starting after a pause.
    case resuming = "RESUMING"
    /// A snapshot is being taken or deleted.
    case snapshotting = "SNAPSHOTTING"
    /// A snapshot is being restored.
    case restoring = "RESTORING"
    /// On its way to `DELETED`, softly or for good.
    case deleting = "DELETING"
    /// Paused for its grace period; `undelete` works until `purgeAt` (ours).
    case deleted = "DELETED"
    /// The last change failed; `reason` and `message` tell why.
    case error = "ERROR"
}

/// What a person may ask of a vcluster that exists.
public enum VClusterAction: String, Sendable, Hashable, CaseIterable {
    /// Pause it and keep the data.
    case suspend
    /// Start it after a pause, or again after an error.
    case resume
    /// Change resources or replicas.
    case scale
    /// Change anything else of the spec.
    case update
    /// Delete it, softly at first.
    case delete
    /// Run the failed change again from its last finished step.
    case retry
    /// Bring it back within the grace period.
    case undelete
    /// End the grace period now.
    case purge
    /// Take a snapshot.
    case snapshot
    /// Bring back what a snapshot has.
    case restore
}

extension VClusterPhase {
    /// The actions that this phase allows, in the order of `VClusterAction`; empty while a change runs.
    ///
    /// Source: the phase table of the domain rules. `undelete` and `purge` belong to the soft phase only;
    /// deleting a pending vcluster cancels its creation.
    public var allowedActions: [VClusterAction] {
        switch self {
        case .running: [.suspend, .scale, .update, .delete, .snapshot, .restore]
        case .suspended: [.resume, .delete, .restore]
        case .error: [.resume, .scale, .update, .delete, .retry, .restore]
        case .pending: [.delete]
        case .deleted: [.undelete, .purge]
        case .creating, .scaling, .updating, .suspending, .resuming, .snapshotting, .restoring, .deleting: []
        }
    }

    /// Whether the phase table allows the action now.
    public func allows(_ action: VClusterAction) -> Bool {
        allowedActions.contains(action)
    }

    /// Whether an operation is on its way; the phase ends by itself.
    public var isTransitional: Bool {
        switch self {
        case .pending, .creating, .scaling, .updating, .suspending, .resuming, .snapshotting, .restoring, .deleting:
            true
        case .running, .suspended, .deleted, .error: false
        }
    }
}
