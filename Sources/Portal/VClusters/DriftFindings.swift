import FoundationEssentials

/// What one look at a vcluster at rest means for its conditions; a pure value.
struct DriftFindings: Sendable {
    let ready: VClusterCondition
    let drifted: VClusterCondition?
    let reachable: VClusterCondition
    let observation: Observation?

    /// Compares what should be with what was seen.
    init(of vcluster: VCluster, outcome: Result<Observation, HostError>, at now: Date) {
        switch outcome {
        case .success(let observation):
            self.observation = observation
            reachable = VClusterCondition(
                type: .hostReachable,
                status: .true,
                reason: "HostAnswered",
                lastTransitionAt: now
            )
            let drift = Self.drift(of: vcluster, observation)
            drifted = VClusterCondition(
                type: .drifted,
                status: drift == nil ? .false : .true,
                reason: drift?.reason ?? "InSync",
                message: drift?.message ?? "",
                lastTransitionAt: now
            )
            ready = Self.ready(vcluster, observation, drift: drift, at: now)
        case .failure(let error):
            observation = nil
            reachable = VClusterCondition(
                type: .hostReachable,
                status: .false,
                reason: error.reason.rawValue,
                message: error.message,
                lastTransitionAt: now
            )
            // Nothing is known about drift while the host is silent: what was known last stays.
            drifted = nil
            ready = VClusterCondition(
                type: .ready,
                status: .unknown,
                reason: error.reason.rawValue,
                message: error.message,
                lastTransitionAt: now
            )
        }
    }

    /// The conditions with the findings in them.
    func conditions(from old: [VClusterCondition]) -> [VClusterCondition] {
        var conditions = old.setting(ready)
        if let drifted { conditions = conditions.setting(drifted) }
        return conditions.setting(reachable)
    }

    /// Whether address or versions are others than the vcluster's.
    func isNews(to vcluster: VCluster) -> Bool {
        var copy = vcluster
        copyVersions(to: &copy)
        return copy != vcluster
    }

    /// Writes down address and versions as they were seen.
    func copyVersions(to vcluster: inout VCluster) {
        guard let observation, observation.exists else { return }
        vcluster.endpoint = observation.endpoint ?? vcluster.endpoint
        vcluster.kubernetesVersion = observation.kubernetesVersion ?? vcluster.kubernetesVersion
        vcluster.chartVersion = observation.chartVersion ?? vcluster.chartVersion
    }

    /// What people should hear of: conditions whose status changed.
    func events(
        comparedTo old: [VClusterCondition]
    ) -> [(type: VClusterEvent.Kind, reason: String, message: String)] {
        [ready, drifted, reachable].compactMap { condition in
            guard let condition else { return nil }
            let was = old.first { $0.type == condition.type }
            // The first look only counts when something is wrong.
            let isGood = condition.status == (condition.type == .drifted ? .false : .true)
            if was?.status == condition.status { return nil }
            if was == nil, isGood { return nil }
            return (
                isGood ? .normal : .warning,
                condition.reason,
                condition.message.isEmpty
                    ? "\(condition.type.rawValue) is \(condition.status.rawValue)." : condition.message
            )
        }
    }

    private static func drift(of vcluster: VCluster, _ observation: Observation) -> DriftFinding? {
        guard observation.exists else {
            return DriftFinding(
                reason: "ReleaseMissing",
                message: "The release is not on the host any more. Apply its spec again to install it, or "
                    + "delete the vcluster."
            )
        }
        switch vcluster.phase {
        case .running where observation.isPaused || observation.replicasDesired == 0:
            return DriftFinding(
                reason: "ScaledDownExternally",
                message:
                    "Somebody paused or scaled down the vcluster on the host. Suspend and resume it to bring it back."
            )
        case .suspended where !observation.isPaused && observation.replicasDesired > 0:
            return DriftFinding(
                reason: "ResumedExternally",
                message: "Somebody started the vcluster on the host. Resume and suspend it to pause it again."
            )
        default:
            return observation.drift.first
        }
    }

    private static func ready(
        _ vcluster: VCluster,
        _ observation: Observation,
        drift: DriftFinding?,
        at now: Date
    ) -> VClusterCondition {
        func condition(
            _ status: VClusterCondition.Status,
            _ reason: String,
            _ message: String = ""
        ) -> VClusterCondition {
            VClusterCondition(type: .ready, status: status, reason: reason, message: message, lastTransitionAt: now)
        }
        if vcluster.phase == .suspended { return condition(.false, "Paused") }
        if observation.isReady { return condition(.true, "ControlPlaneReady") }
        if let failure = observation.failure { return condition(.false, failure.reason.rawValue, failure.message) }
        if let drift { return condition(.false, drift.reason, drift.message) }
        let failing = observation.checks.first { $0.state == .failing || $0.state == .pending }
        return condition(
            .false,
            "ControlPlaneNotReady",
            failing?.message ?? "\(observation.replicasReady) of \(observation.replicasDesired) replicas are ready."
        )
    }
}
