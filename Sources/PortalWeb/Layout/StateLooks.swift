import Portal

extension VClusterPhase {
    /// How the phase looks.
    var look: StatusLook {
        switch self {
        case .running: .good
        case .pending: .wait
        case .suspended: .paused
        case .deleted: .gone
        case .error: .bad
        case .creating, .scaling, .updating, .suspending, .resuming, .snapshotting, .restoring, .deleting: .busy
        }
    }
}

extension OperationState {
    /// How the state looks.
    var look: StatusLook {
        switch self {
        case .pending, .waiting: .wait
        case .running: .busy
        case .succeeded: .good
        case .failed: .bad
        case .cancelled: .cancelled
        }
    }
}

extension OperationStep.State {
    /// How the state looks.
    var look: StatusLook {
        switch self {
        case .pending: .idle
        case .running: .busy
        case .succeeded: .good
        case .failed: .bad
        case .skipped: .cancelled
        }
    }
}

extension HostState {
    /// How the state looks.
    var look: StatusLook {
        switch self {
        case .ready: .good
        case .degraded: .wait
        case .failed: .bad
        case .unchecked: .idle
        }
    }
}

extension AuditResult {
    /// How the result looks.
    var look: StatusLook {
        switch self {
        case .succeeded: .good
        case .refused: .cancelled
        case .failed: .bad
        }
    }
}

/// The groups of phases that people think in.
enum PhaseGroup: String, CaseIterable, Sendable {
    case running, changing, suspended, failed, deleted

    /// The phases of the group.
    var phases: [VClusterPhase] {
        switch self {
        case .running: [.running]
        case .changing: VClusterPhase.allCases.filter(\.isTransitional)
        case .suspended: [.suspended]
        case .failed: [.error]
        case .deleted: [.deleted]
        }
    }

    /// How the group looks; standing still, because it is a heading.
    var look: StatusLook {
        switch self {
        case .running: .good
        case .changing: StatusLook(icon: "turning", tone: "busy")
        case .suspended: .paused
        case .failed: .bad
        case .deleted: .gone
        }
    }

    /// How many there are.
    func count(_ counts: [VClusterPhase: Int]) -> Int {
        phases.reduce(0) { $0 + (counts[$1] ?? 0) }
    }
}
