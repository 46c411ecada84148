import Foundation
import JSON
import Kubernetes
import Portal

/// Everything that `observe` read about one vcluster, before any conclusion.
///
/// Conclusions are pure functions of it, so that every rule can be tested without a cluster.
struct Sighting: Sendable {
    var target: VClusterTarget
    var workload: Workload
    var pods: [KubernetesObject] = []
    var etcd: Workload?
    var etcdPods: [KubernetesObject] = []
    /// Claims of the control plane and of a deployed etcd.
    var claims: [KubernetesObject] = []
    /// Pods of the vcluster's DNS.
    var dnsPods: [KubernetesObject] = []
    /// Warnings about the control plane, newest first.
    var events: [KubernetesObject] = []
    var hasKubeconfig = false
    var address: ServerAddress
    var probe: TenantProbeResult?
    var namespace: KubernetesObject
    /// Fingerprint of the values that are installed; nil when there are none.
    var valuesFingerprint: String?

    /// The state of the vcluster.
    func observation() -> Observation {
        let isPaused = workload.isPaused && workload.replicasDesired == 0
        return Observation(
            exists: true,
            isPaused: isPaused,
            replicasDesired: workload.replicasDesired,
            replicasReady: workload.replicasReady,
            replicasPresent: max(workload.replicasPresent, pods.count),
            isCurrent: workload.isCurrent,
            isAPIReady: probe?.isReady,
            checks: checks,
            failure: isStopped ? nil : failure,
            endpoint: address.url,
            kubernetesVersion: probe?.version ?? workload.kubernetesVersion,
            chartVersion: workload.chartVersion,
            drift: drift
        )
    }

    /// Nothing is expected to run.
    var isStopped: Bool { workload.replicasDesired == 0 }

    private var inspection: PodInspection { PodInspection(pods: pods + etcdPods) }
}

extension Sighting {
    /// The checks, always all of them and in this order.
    var checks: [HealthCheck] {
        [
            workloadCheck, podsCheck, readyzCheck, kubeconfigCheck, volumesCheck, etcdCheck, dnsCheck,
        ]
    }

    private var stoppedMessage: String { "The control plane is stopped." }

    private var workloadCheck: HealthCheck {
        let ready = workload.replicasReady
        let desired = workload.replicasDesired
        if isStopped { return HealthCheck(name: "workload", state: .unknown, message: stoppedMessage) }
        if ready >= desired, workload.isCurrent { return HealthCheck(name: "workload", state: .passing) }
        let reason = ready < desired ? "\(ready) of \(desired) replicas are ready." : "An update is rolled out."
        return HealthCheck(name: "workload", state: .pending, message: reason)
    }

    private var podsCheck: HealthCheck {
        if isStopped { return HealthCheck(name: "pods", state: .unknown, message: stoppedMessage) }
        if let problem = inspection.problem {
            return HealthCheck(
                name: "pods",
                state: .failing,
                message: "Container \(problem.container) of pod \(problem.pod) waits: \(problem.reason)."
            )
        }
        if let reason = inspection.unschedulable {
            return HealthCheck(name: "pods", state: .failing, message: "No node takes the pod: \(reason)")
        }
        if let failure = creationFailure {
            return HealthCheck(name: "pods", state: .failing, message: failure.message)
        }
        if inspection.readyCount == 0 {
            return HealthCheck(name: "pods", state: .pending, message: "Pods are starting.")
        }
        let restarts = inspection.restarts
        return HealthCheck(
            name: "pods",
            state: .passing,
            message: restarts > 0 ? "Containers were restarted \(restarts) times." : ""
        )
    }

    private var readyzCheck: HealthCheck {
        guard !isStopped else { return HealthCheck(name: "readyz", state: .unknown, message: stoppedMessage) }
        switch probe?.isReady {
        case true: return HealthCheck(name: "readyz", state: .passing)
        case false: return HealthCheck(name: "readyz", state: .pending, message: probe?.message ?? "")
        case nil:
            let message = probe?.message ?? "The API server was not asked, because its kubeconfig is not there yet."
            return HealthCheck(name: "readyz", state: .unknown, message: message)
        }
    }

    private var kubeconfigCheck: HealthCheck {
        HealthCheck(
            name: "kubeconfig",
            state: hasKubeconfig ? .passing : .pending,
            message: hasKubeconfig ? "" : "The control plane has not written its kubeconfig yet."
        )
    }

    private var volumesCheck: HealthCheck {
        guard !claims.isEmpty else { return HealthCheck(name: "volumes", state: .unknown, message: "No volumes.") }
        let unbound = claims.filter { $0.status["phase"]?.string != "Bound" }
        if unbound.isEmpty { return HealthCheck(name: "volumes", state: .passing) }
        let isLost = unbound.contains { $0.status["phase"]?.string == "Lost" }
        let names = unbound.map(\.name).sorted().joined(separator: ", ")
        return HealthCheck(
            name: "volumes",
            state: isLost ? .failing : .pending,
            message: isLost ? "A volume is lost: \(names)." : "Not bound yet: \(names)."
        )
    }

    private var etcdCheck: HealthCheck {
        guard let etcd else { return HealthCheck(name: "etcd", state: .unknown, message: "No etcd of its own.") }
        let members = etcd.replicasDesired
        let quorum = members / 2 + 1
        if members == 0 { return HealthCheck(name: "etcd", state: .unknown, message: "The etcd is stopped.") }
        if etcd.replicasReady >= quorum { return HealthCheck(name: "etcd", state: .passing) }
        return HealthCheck(
            name: "etcd",
            state: .pending,
            message: "\(etcd.replicasReady) of \(members) members are ready; \(quorum) are needed."
        )
    }

    private var dnsCheck: HealthCheck {
        if isStopped { return HealthCheck(name: "dns", state: .unknown, message: stoppedMessage) }
        if dnsPods.isEmpty { return HealthCheck(name: "dns", state: .unknown, message: "No DNS pods on the host.") }
        let ready = dnsPods.count { $0.condition("Ready")?["status"]?.string == "True" }
        if ready > 0 { return HealthCheck(name: "dns", state: .passing) }
        return HealthCheck(name: "dns", state: .pending, message: "The DNS pods are not ready.")
    }
}

extension Sighting {
    /// The first failure that explains why the vcluster is not ready.
    ///
    /// What needs help comes before what may pass by itself; a vcluster that is ready has none, whatever the events of
    /// its start say.
    var failure: HostError? {
        let isReady = workload.replicasReady >= workload.replicasDesired && workload.isCurrent
        if let problem = inspection.problem { return PodInspection.error(for: problem) }
        guard !isReady else { return nil }
        if let failure = creationFailure { return failure }
        if let lost = claims.first(where: { $0.status["phase"]?.string == "Lost" }) {
            return HostError(
                .volumePending,
                "Volume \(lost.name) of the control plane is lost. Ask the host's administrator.",
                isTransient: false
            )
        }
        let unbound = claims.filter { $0.status["phase"]?.string != "Bound" }
        if let claim = unbound.min(by: { $0.name < $1.name }), let text = provisioningFailure(of: claim) {
            return HostError(
                .volumePending,
                "Volume \(claim.name) of the control plane stays unbound: \(text) Check the storage class.",
                isTransient: true
            )
        }
        if let reason = inspection.unschedulable {
            // Claims that bind at first use leave a pod pending for a moment, which passes.
            let isVolumes = reason.contains("unbound immediate PersistentVolumeClaims")
            return isVolumes
                ? HostError(.volumePending, "The control plane waits for its volume: \(reason)", isTransient: true)
                : HostError(
                    .unschedulable,
                    "No node of the host takes the control plane: \(reason) Make it smaller, or ask for more nodes.",
                    isTransient: true
                )
        }
        return nil
    }

    /// Why the controller cannot even create pods, by its events.
    var creationFailure: HostError? {
        guard pods.isEmpty || workload.replicasPresent < workload.replicasDesired else { return nil }
        let before = namespace.annotations[OwnerKeys.failedCreates].flatMap { Int64($0) } ?? 0
        guard Self.failedCreates(in: events) > before else { return nil }
        for event in events where event.json["reason"]?.string == "FailedCreate" {
            let text = event.json["message"]?.string ?? ""
            if text.contains("exceeded quota") || text.contains("must specify") {
                let start = text.range(of: "exceeded quota")?.lowerBound ?? text.startIndex
                return HostError(
                    .hostQuotaExceeded,
                    "A quota of namespace \(target.namespace) does not let the control plane start:"
                        + " \(text[start...]). Make the vcluster smaller, or ask the host's administrator for more.",
                    detail: text
                )
            }
            if text.contains("forbidden") || text.contains("violates PodSecurity") {
                return HostError(
                    .permissionDenied,
                    "The host's admission refuses the control plane's pods: \(text)",
                    detail: text
                )
            }
        }
        return nil
    }

    /// How often controllers could not create a pod, over all events that say so.
    static func failedCreates(in events: [KubernetesObject]) -> Int64 {
        events.filter { $0.json["reason"]?.string == "FailedCreate" }.reduce(0) { $0 + ($1.json["count"]?.int ?? 1) }
    }

    private func provisioningFailure(of claim: KubernetesObject) -> String? {
        let event = events.first { event in
            event.json["involvedObject"]?["name"]?.string == claim.name
                && ["ProvisioningFailed", "FailedBinding"].contains(event.json["reason"]?.string ?? "")
        }
        return event.map { $0.json["message"]?.string ?? "no reason given." }
    }

    /// What changed outside of the portal.
    var drift: [DriftFinding] {
        var findings: [DriftFinding] = []
        if workload.replicasDesired == 0, !workload.isPaused, !workload.isRestoring {
            findings.append(
                DriftFinding(
                    reason: "ScaledDownExternally",
                    message: "Somebody scaled the control plane to 0 on the host. Resume the vcluster to start it."
                )
            )
        }
        let id = target.id.description
        if namespace.labels[OwnerKeys.vclusterID] != id || workload.ownerID != id {
            findings.append(
                DriftFinding(
                    reason: "LabelsRemoved",
                    message: "The labels that name the owner are missing on the host. Retry or update to restore them."
                )
            )
        }
        let noted = namespace.annotations[OwnerKeys.valuesFingerprint]
        if let noted, let valuesFingerprint, noted != valuesFingerprint {
            findings.append(
                DriftFinding(
                    reason: "ValuesChanged",
                    message: "The release has other values than the portal installed. Update to put them back."
                )
            )
        }
        return findings
    }
}
