import JSON
import Kubernetes

/// A StatefulSet or Deployment, as far as the driver looks at it.
struct Workload: Sendable {
    let object: KubernetesObject
    let kind: ResourceKind

    /// Replicas that it shall have; 1 when it does not say (the API's default).
    var replicasDesired: Int { object.spec["replicas"]?.int.map(Int.init(clamping:)) ?? 1 }
    /// Pods that exist, those that end included.
    var replicasPresent: Int { count("replicas") }
    /// Pods that are ready.
    var replicasReady: Int { count("readyReplicas") }
    /// Pods of the newest revision.
    var replicasUpdated: Int { count("updatedReplicas") }

    var isStatefulSet: Bool { kind == .statefulSet }
    var isPaused: Bool { object.annotations[VClusterKeys.paused] == "true" }
    var isRestoring: Bool { object.annotations[VClusterKeys.restoring] == "true" }
    var isAsleep: Bool { object.labels[VClusterKeys.sleepMode] == "true" }
    var isProtected: Bool { object.annotations[VClusterKeys.nonDeletable] == "true" }

    /// Replicas noted down by a pause or a restore.
    var pausedReplicas: Int? { object.annotations[VClusterKeys.pausedReplicas].flatMap { Int($0) } }

    /// The id of the vcluster that the workload is labelled with.
    var ownerID: String? { object.labels[OwnerKeys.vclusterID] }

    /// Whether the controller has seen the newest spec and replaced every pod of an older one.
    var isCurrent: Bool {
        let observed = object.status["observedGeneration"]?.int ?? 0
        guard observed >= object.generation ?? 0 else { return false }
        guard replicasDesired > 0 else { return true }
        if isStatefulSet, let update = object.status["updateRevision"]?.string {
            // Once all pods are replaced the controller sets both to the same; until then the count tells.
            return object.status["currentRevision"]?.string == update || replicasUpdated >= replicasDesired
        }
        return replicasUpdated >= replicasDesired
    }

    /// Version of the chart, from the label `vcluster-0.30.0`; a `+` of the version is a `_` there.
    var chartVersion: String? {
        guard let label = object.labels["chart"], let dash = label.firstIndex(of: "-") else { return nil }
        return String(label[label.index(after: dash)...]).replacing("_", with: "+")
    }

    /// Version of the virtual Kubernetes: the tag of the image that brings its programs.
    var kubernetesVersion: String? {
        let pod = object.spec["template"]?["spec"]
        let containers = (pod?["initContainers"]?.array ?? []) + (pod?["containers"]?.array ?? [])
        let image = containers.lazy.compactMap { $0["image"]?.string }.first { image in
            image.split(separator: "/").last?.hasPrefix("kubernetes:") == true
        }
        return image?.split(separator: ":").last.map { tag in
            tag.hasSuffix("-full") ? String(tag.dropLast("-full".count)) : String(tag)
        }
    }

    private func count(_ key: String) -> Int { object.status[key]?.int.map(Int.init(clamping:)) ?? 0 }
}
