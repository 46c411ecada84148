/// What an operation does.
public enum OperationVerb: String, Sendable, Hashable, CaseIterable {
    /// Install a new vcluster.
    case create
    /// Take over a release that exists on the host.
    case adopt
    /// Pause.
    case suspend
    /// Start after a pause.
    case resume
    /// Apply other resources or replicas.
    case scale
    /// Apply another spec.
    case update
    /// Pause and start the grace period.
    case delete
    /// Bring back within the grace period.
    case undelete
    /// Remove for good.
    case purge
    /// Take a snapshot.
    case snapshot
    /// Bring back what a snapshot has.
    case restore
    /// Delete a snapshot.
    case deleteSnapshot

    /// The phase of the vcluster while the operation runs.
    public var phase: VClusterPhase {
        switch self {
        case .create, .adopt: .creating
        case .suspend: .suspending
        case .resume, .undelete: .resuming
        case .scale: .scaling
        case .update: .updating
        case .delete, .purge: .deleting
        case .snapshot, .deleteSnapshot: .snapshotting
        case .restore: .restoring
        }
    }
}

/// Where an operation is in its life.
public enum OperationState: String, Sendable, Hashable, CaseIterable {
    /// Accepted; no worker has begun.
    case pending
    /// A worker has it under a lease.
    case running
    /// Between two attempts, or handed back by a worker that stopped; runs again at `runAt`.
    case waiting
    /// Done.
    case succeeded
    /// Given up; the vcluster is in `ERROR`, unless the operation was about a snapshot and left it alone.
    case failed
    /// Stopped by a person.
    case cancelled

    /// Whether nothing will change any more.
    public var isFinal: Bool {
        switch self {
        case .pending, .running, .waiting: false
        case .succeeded, .failed, .cancelled: true
        }
    }
}
