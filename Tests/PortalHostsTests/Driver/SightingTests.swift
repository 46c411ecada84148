import JSON
import Kubernetes
import Portal
import Testing

@testable import PortalHosts

struct SightingTests {
    private let target = VClusterTarget.make()

    private func workload(
        desired: Int = 1,
        ready: Int = 1,
        present: Int? = nil,
        annotations: [String: String] = [:],
        labels: [String: String]? = nil
    ) -> Workload {
        var object = KubernetesObject(
            kind: .statefulSet,
            namespace: target.namespace,
            name: target.release,
            labels: labels ?? OwnerKeys.labels(of: target).merging(["chart": "vcluster-0.30.0"]) { $1 },
            annotations: annotations
        )
        object.json["spec"] = [
            "replicas": .number(JSONNumber(desired)),
            "template": ["spec": ["initContainers": [["image": "ghcr.io/loft-sh/kubernetes:v1.33.4-full"]]]],
        ]
        object.json["status"] = [
            "replicas": .number(JSONNumber(present ?? desired)), "readyReplicas": .number(JSONNumber(ready)),
            "updatedReplicas": .number(JSONNumber(desired)), "observedGeneration": 0,
        ]
        return Workload(object: object, kind: .statefulSet)
    }

    private func pod(_ name: String = "acme-0", ready: Bool = true, waiting: String? = nil) -> KubernetesObject {
        var pod = KubernetesObject(kind: .pod, namespace: target.namespace, name: name)
        var container: JSONObject = ["name": "syncer", "restartCount": 0]
        if let waiting { container["state"] = ["waiting": ["reason": .string(waiting), "message": "why"]] }
        pod.json["status"] = [
            "containerStatuses": [.object(container)],
            "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
        ]
        return pod
    }

    private func event(_ reason: String, _ message: String, about name: String = "acme") -> KubernetesObject {
        var event = KubernetesObject(kind: .event, namespace: target.namespace, name: "e")
        event.json["reason"] = .string(reason)
        event.json["message"] = .string(message)
        event.json["involvedObject"] = ["name": .string(name)]
        return event
    }

    private func claim(_ phase: String) -> KubernetesObject {
        var claim = KubernetesObject(kind: .persistentVolumeClaim, namespace: target.namespace, name: "data-acme-0")
        claim.json["status"] = ["phase": .string(phase)]
        return claim
    }

    private func sighting(_ workload: Workload, pods: [KubernetesObject] = []) -> Sighting {
        Sighting(
            target: target,
            workload: workload,
            pods: pods,
            hasKubeconfig: true,
            address: ServerAddress(release: target.release, namespace: target.namespace),
            probe: TenantProbeResult(isReady: true, version: "v1.33.4"),
            namespace: KubernetesObject(kind: .namespace, name: target.namespace, labels: OwnerKeys.labels(of: target))
        )
    }

    private func state(_ name: String, in observation: Observation) -> HealthCheck.State? {
        observation.checks.first { $0.name == name }?.state
    }

    @Test func observation_isReadyWhenEverythingIs() {
        var seen = sighting(workload(), pods: [pod()])
        seen.claims = [claim("Bound")]

        let observation = seen.observation()

        #expect(observation.isReady)
        #expect(observation.failure == nil)
        #expect(observation.drift == [])
        #expect(observation.chartVersion == "0.30.0")
        #expect(observation.kubernetesVersion == "v1.33.4")
        #expect(
            observation.checks.map(\.name)
                == ["workload", "pods", "readyz", "kubeconfig", "volumes", "etcd", "dns"]
        )
        #expect(state("volumes", in: observation) == .passing)
    }

    @Test(arguments: [
        ("ImagePullBackOff", HostFailureReason.imagePullFailed), ("ErrImagePull", .imagePullFailed),
        ("InvalidImageName", .imagePullFailed), ("CrashLoopBackOff", .controlPlaneCrashed),
        ("CreateContainerConfigError", .controlPlaneCrashed), ("RunContainerError", .controlPlaneCrashed),
        ("OOMKilled", .controlPlaneCrashed), ("Error", .controlPlaneCrashed), ("Unknown", .controlPlaneCrashed),
    ])
    func observation_failsForCriticalWaitingReasons(reason: String, expected: HostFailureReason) {
        let observation = sighting(workload(ready: 0), pods: [pod(ready: false, waiting: reason)]).observation()

        #expect(observation.failure?.reason == expected)
        #expect(observation.failure?.isTransient == false)
        #expect(state("pods", in: observation) == .failing)
        #expect(!observation.isReady)
    }

    @Test(arguments: ["ContainerCreating", "PodInitializing"])
    func observation_waitsForHarmlessReasons(reason: String) {
        let observation = sighting(workload(ready: 0), pods: [pod(ready: false, waiting: reason)]).observation()

        #expect(observation.failure == nil)
        #expect(state("pods", in: observation) == .pending)
    }

    @Test func observation_namesAnExceededQuota() {
        var seen = sighting(workload(ready: 0, present: 0))
        seen.events = [
            event(
                "FailedCreate",
                #"create Pod acme-0 in StatefulSet acme failed error: pods "acme-0" is forbidden: exceeded quota: tight, requested: cpu=200m, used: cpu=0, limited: cpu=1m"#
            )
        ]

        let failure = seen.observation().failure

        #expect(failure?.reason == .hostQuotaExceeded)
        #expect(failure?.message.contains("exceeded quota: tight, requested: cpu=200m") == true)
    }

    @Test func observation_ignoresFailuresOfAnAttemptBefore() {
        var seen = sighting(workload(ready: 0, present: 0))
        var refused = event("FailedCreate", "forbidden: exceeded quota: tight")
        refused.json["count"] = 7
        seen.events = [refused]
        seen.namespace.annotations[OwnerKeys.failedCreates] = "7"
        #expect(seen.observation().failure == nil)

        seen.events[0].json["count"] = 8
        #expect(seen.observation().failure?.reason == .hostQuotaExceeded)
    }

    @Test func observation_namesWhyNoNodeFits() {
        var unscheduled = pod(ready: false)
        unscheduled.json["status"]?["conditions"] = [
            [
                "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                "message": "0/3 nodes: too few cpu.",
            ]
        ]

        let failure = sighting(workload(ready: 0), pods: [unscheduled]).observation().failure

        #expect(failure?.reason == .unschedulable)
        #expect(failure?.message.contains("too few cpu") == true)
    }

    @Test func observation_namesVolumesThatStayUnbound() {
        var seen = sighting(workload(ready: 0), pods: [pod(ready: false)])
        seen.claims = [claim("Pending")]
        #expect(seen.observation().failure == nil)

        seen.events = [event("ProvisioningFailed", "storageclass not found", about: "data-acme-0")]
        #expect(seen.observation().failure?.reason == .volumePending)

        seen.claims = [claim("Lost")]
        #expect(seen.observation().failure?.isTransient == false)
    }

    @Test func observation_ignoresOldEventsOfAVClusterThatRuns() {
        var seen = sighting(workload(), pods: [pod()])
        seen.events = [event("FailedCreate", "exceeded quota: tight")]

        #expect(seen.observation().isReady)
    }

    @Test func observation_knowsAPause() {
        let paused = workload(
            desired: 0,
            ready: 0,
            annotations: ["loft.sh/paused": "true", "loft.sh/paused-replicas": "3"]
        )
        var seen = sighting(paused)
        seen.probe = nil

        let observation = seen.observation()

        #expect(observation.isPaused)
        #expect(observation.replicasPresent == 0)
        #expect(observation.failure == nil)
        #expect(observation.drift == [])
        #expect(paused.pausedReplicas == 3)
    }

    @Test func observation_findsDrift() {
        #expect(sighting(workload(desired: 0, ready: 0)).drift.map(\.reason) == ["ScaledDownExternally"])
        #expect(sighting(workload(labels: [:]), pods: [pod()]).drift.map(\.reason) == ["LabelsRemoved"])

        var changed = sighting(workload(), pods: [pod()])
        changed.namespace.annotations = [OwnerKeys.valuesFingerprint: "a"]
        changed.valuesFingerprint = "b"
        #expect(changed.drift.map(\.reason) == ["ValuesChanged"])
    }

    @Test(arguments: [(3, 2, HealthCheck.State.passing), (3, 1, .pending), (1, 1, .passing), (5, 2, .pending)])
    func observation_wantsAQuorumOfEtcd(members: Int, ready: Int, expected: HealthCheck.State) {
        var seen = sighting(workload(), pods: [pod()])
        seen.etcd = workload(desired: members, ready: ready)

        #expect(state("etcd", in: seen.observation()) == expected)
    }

    @Test func observation_isNotReadyWhileTheAPIIsNot() {
        var seen = sighting(workload(), pods: [pod()])
        seen.probe = TenantProbeResult(isReady: false, message: "not yet")
        #expect(!seen.observation().isReady)

        seen.probe = TenantProbeResult(isReady: nil, message: "cannot reach")
        #expect(seen.observation().isReady)
    }

    @Test func workload_isCurrentOnlyWhenTheControllerSaysSo() {
        var object = workload(desired: 2).object
        object.json["status"]?["currentRevision"] = "a"
        object.json["status"]?["updateRevision"] = "b"
        object.json["status"]?["updatedReplicas"] = 1
        #expect(!Workload(object: object, kind: .statefulSet).isCurrent)

        object.json["status"]?["updatedReplicas"] = 2
        #expect(Workload(object: object, kind: .statefulSet).isCurrent)

        object.json["metadata"]?["generation"] = 5
        #expect(!Workload(object: object, kind: .statefulSet).isCurrent)
    }
}
