/// The parts of which operations are made; the raw value is the name of the step for people and machines.
///
/// Every one is idempotent: after a crash it is begun again without a trace of the first time.
enum StepKind: String, Sendable, Hashable, CaseIterable {
    /// Asks the driver what is wrong with the spec; changes nothing on the host.
    case validate
    /// Ensures the namespace with its owner's labels.
    case prepareNamespace
    /// Marks an existing release as ours.
    case adopt
    /// Installs or upgrades the release.
    case install
    /// Pauses the release; done when there is none.
    case pause
    /// Resumes the release.
    case resume
    /// Removes the release and everything of it.
    case uninstall
    /// Until people can work with it.
    case waitUntilReady
    /// Until the control plane's pods are gone.
    case waitUntilPaused
    /// Until the release and its namespace are gone.
    case waitUntilGone
    /// Checks that a kubeconfig can be had and reads address and versions.
    case collectAccess
    /// Sends the limits of inner namespaces to the vcluster.
    case limitNamespaces
    /// Writes the archive of a snapshot.
    case takeSnapshot
    /// Checks an archive, and only then puts what it has in place of what there is.
    case restoreSnapshot
    /// Deletes the archive of a snapshot.
    case deleteSnapshot
    /// Writes down the outcome; no call of the host.
    case finish
}

/// Which steps a verb has, in order, with their weights.
///
/// Validation comes before anything is made: a rejected spec leaves nothing on the host.
enum OperationPlan {
    /// The steps of a verb; the weights add up to 100.
    ///
    /// - Parameters:
    ///   - verb: What the operation does.
    ///   - parameters: An undelete of a vcluster that was not running has nothing to do on the host.
    ///   - limitsNamespaces: Whether inner namespaces have limits, or had some before.
    ///   - installsSpec: Whether the host has not got the spec yet, so that a restore has to install it before it ends.
    /// - Returns: The steps in their order.
    static func steps(
        of verb: OperationVerb,
        parameters: OperationParameters,
        limitsNamespaces: Bool = false,
        installsSpec: Bool = false
    ) -> [(kind: StepKind, weight: Int)] {
        var steps = steps(of: verb, parameters: parameters)
        if installsSpec, verb == .restore {
            steps.replaceSubrange(0..<1, with: [(.restoreSnapshot, 30), (.install, 20)])
        }
        guard limitsNamespaces, let wait = steps.firstIndex(where: { $0.kind == .waitUntilReady }) else { return steps }
        steps[wait].weight -= namespaceWeight
        steps.insert((.limitNamespaces, namespaceWeight), at: steps.count - 1)
        return steps
    }

    /// What the limits of inner namespaces take of the weight of the wait before them.
    private static let namespaceWeight = 5

    private static func steps(
        of verb: OperationVerb,
        parameters: OperationParameters
    ) -> [(
        kind: StepKind, weight: Int
    )] {
        switch verb {
        case .create:
            [
                (.validate, 5), (.prepareNamespace, 10), (.install, 30), (.waitUntilReady, 45), (.collectAccess, 5),
                (.finish, 5),
            ]
        case .scale, .update:
            // The namespace too: an update may be what repairs a failed create.
            [
                (.validate, 5), (.prepareNamespace, 5), (.install, 35), (.waitUntilReady, 45), (.collectAccess, 5),
                (.finish, 5),
            ]
        case .adopt:
            // No namespace to prepare: it is there, and it is ours only after the adoption.
            [(.adopt, 50), (.collectAccess, 40), (.finish, 10)]
        case .suspend:
            [(.pause, 40), (.waitUntilPaused, 50), (.finish, 10)]
        case .delete:
            [(.pause, 40), (.waitUntilPaused, 50), (.finish, 10)]
        case .resume:
            [(.resume, 30), (.waitUntilReady, 55), (.collectAccess, 5), (.finish, 10)]
        case .undelete:
            parameters.phaseBeforeDelete == .running
                ? [(.resume, 30), (.waitUntilReady, 55), (.collectAccess, 5), (.finish, 10)]
                : [(.finish, 100)]
        case .purge:
            [(.uninstall, 50), (.waitUntilGone, 40), (.finish, 10)]
        case .snapshot:
            [(.takeSnapshot, 90), (.finish, 10)]
        case .restore:
            [(.restoreSnapshot, 50), (.waitUntilReady, 40), (.collectAccess, 5), (.finish, 5)]
        case .deleteSnapshot:
            [(.deleteSnapshot, 90), (.finish, 10)]
        }
    }

    /// The progress after some steps are done: the sum of their weights, 0 … 100.
    static func progress(_ steps: [OperationStep]) -> Int {
        steps.reduce(0) { sum, step in
            step.state == .succeeded || step.state == .skipped ? sum + step.weight : sum
        }
    }

    /// The steps of a failed operation that its retry need not run again, by name.
    ///
    /// A change whose effect never came is made again together with the wait for it: the cause may have been removed
    /// where only the change looks, such as in the settings of the host. Not so a restore: it would take away what was
    /// written since.
    static func stepsKept(_ steps: [OperationStep]) -> Set<String> {
        var kept: Set<String> = []
        for (index, step) in steps.enumerated() where step.state == .succeeded {
            let next = steps.dropFirst(index + 1).first
            let isAwaited = next.flatMap { StepKind(rawValue: $0.name) }?.isWait ?? false
            if isAwaited, next?.state != .succeeded, step.name != StepKind.restoreSnapshot.rawValue { continue }
            kept.insert(step.name)
        }
        return kept
    }
}

extension StepKind {
    /// Whether the step only looks at the host until it sees what the step before it has asked for.
    var isWait: Bool {
        switch self {
        case .waitUntilReady, .waitUntilPaused, .waitUntilGone: true
        case .validate, .prepareNamespace, .adopt, .install, .pause, .resume, .uninstall, .collectAccess,
            .limitNamespaces, .takeSnapshot, .restoreSnapshot, .deleteSnapshot, .finish:
            false
        }
    }
}
