import JSON
import Kubernetes
import Portal

/// The pod that works on the archive of a snapshot: a copy of the control plane's with another command.
///
/// Made from the template of the workload, which is there while the control plane is stopped. Source: shared facts on
/// vcluster, "Snapshot", the second mechanism.
struct SnapshotPod {
    /// What a pod is for; the raw value is a part of its name.
    enum Purpose: String {
        /// Writes the archive.
        case write
        /// Reads it, to see whether that works.
        case verify
        /// Puts what it has in place of what there is.
        case restore
        /// Deletes it.
        case delete

        /// The program and its arguments.
        var command: [JSONValue] {
            switch self {
            case .write: ["/vcluster", "snapshot"]
            case .verify: ["/vcluster", "snapshot", "get"]
            case .restore: ["/vcluster", "restore"]
            case .delete: ["/vcluster", "snapshot", "delete"]
            }
        }
    }

    /// The selector of all such pods.
    static let selector = "app=vcluster-snapshot"
    /// The name of its container.
    static let container = "snapshot"
    /// The key of the options in their secret.
    static let optionsKey = "options"

    let purpose: Purpose
    let target: VClusterTarget
    let job: SnapshotJob
    let workload: Workload
    /// Where the control plane runs: a volume that one node has cannot be mounted on another.
    var node: String?

    /// One name an operation and purpose, so that the next attempt finds the pod of the last one and no other's.
    var name: String { "vcluster-snapshot-\(purpose.rawValue)-\(Self.suffix(of: job))" }

    /// The name of the secret with the options.
    var secretName: String { "vcluster-snapshot-options-\(purpose.rawValue)-\(Self.suffix(of: job))" }

    /// What the names of all pods of an operation end with.
    static func suffix(of job: SnapshotJob) -> String { String(job.operationID.description.suffix(12)) }

    private var template: JSONValue { workload.object.spec["template"]?["spec"] ?? .null }

    /// The container that has vcluster's own program.
    private var syncer: JSONValue {
        let containers = template["containers"]?.array ?? []
        return containers.first { $0["name"]?.string == "syncer" } ?? containers.first ?? .null
    }

    private var claimTemplates: [JSONValue] { workload.object.spec["volumeClaimTemplates"]?.array ?? [] }

    /// The volumes of the template and the claims of the first replica.
    private var volumes: [JSONValue] {
        let claims: [JSONValue] = claimTemplates.compactMap { claim in
            guard let name = claim["metadata"]?["name"]?.string else { return nil }
            let claimName = "\(name)-\(workload.object.name)-0"
            return ["name": .string(name), "persistentVolumeClaim": ["claimName": .string(claimName)]]
        }
        return (template["volumes"]?.array ?? []) + claims
    }

    /// Whether a path lies on a volume that outlives a pod.
    func isPersistent(_ path: String) -> Bool {
        let persistent = Set(
            volumes.filter { $0["persistentVolumeClaim"] != nil }.compactMap { $0["name"]?.string }
        )
        return (syncer["volumeMounts"]?.array ?? []).contains { mount in
            guard let name = mount["name"]?.string, let folder = mount["mountPath"]?.string else { return false }
            return persistent.contains(name) && path.hasPrefix(folder.hasSuffix("/") ? folder : "\(folder)/")
        }
    }

    /// The pod.
    var object: KubernetesObject {
        var labels = OwnerKeys.labels(of: target)
        labels["app"] = "vcluster-snapshot"
        var spec: JSONObject = [
            "restartPolicy": "Never", "volumes": .array(volumes), "containers": [.object(snapshotContainer)],
        ]
        for key in [
            "serviceAccountName", "securityContext", "tolerations", "nodeSelector", "affinity", "imagePullSecrets",
            "priorityClassName",
        ] { spec[key] = template[key] }
        if let node { spec["affinity"] = Self.affinity(to: node) }
        var pod = KubernetesObject(
            kind: .pod,
            namespace: target.namespace,
            name: name,
            labels: labels,
            members: ["spec": .object(spec)]
        )
        pod.json["metadata"]?["ownerReferences"] = [Self.owner(workload.object)]
        return pod
    }

    /// The secret with the options, which goes with the pod.
    func secret(_ options: SnapshotOptions, of pod: KubernetesObject) -> KubernetesObject {
        var secret = KubernetesObject(
            kind: .secret,
            namespace: target.namespace,
            name: secretName,
            labels: OwnerKeys.labels(of: target),
            members: ["stringData": [Self.optionsKey: .string(options.json.encodedString().base64)]]
        )
        secret.json["metadata"]?["ownerReferences"] = [Self.owner(pod)]
        return secret
    }

    private var snapshotContainer: JSONObject {
        var container: JSONObject = [
            "name": .string(Self.container), "image": syncer["image"] ?? .null, "command": .array(purpose.command),
            "env": .array(environment),
            // Little, so that it fits beside a control plane whose namespace is nearly full.
            "resources": ["requests": ["cpu": "20m", "memory": "64Mi"], "limits": limits],
        ]
        for key in ["imagePullPolicy", "securityContext", "envFrom", "volumeMounts"] { container[key] = syncer[key] }
        return container
    }

    /// The limits of the control plane: it works on as much data.
    private var limits: JSONValue { syncer["resources"]?["limits"] ?? [:] }

    private var environment: [JSONValue] {
        let own: Set = ["POD_NAME", "VCLUSTER_STORAGE_OPTIONS"]
        let kept = (syncer["env"]?.array ?? []).filter { !own.contains($0["name"]?.string ?? "") }
        return kept + [
            ["name": "POD_NAME", "value": .string("\(workload.object.name)-0")],
            [
                "name": "VCLUSTER_STORAGE_OPTIONS",
                "valueFrom": [
                    "secretKeyRef": ["name": .string(secretName), "key": .string(Self.optionsKey)]
                ],
            ],
        ]
    }

    private static func affinity(to node: String) -> JSONValue {
        let field: JSONValue = ["key": "metadata.name", "operator": "In", "values": [.string(node)]]
        let terms: JSONValue = ["nodeSelectorTerms": [["matchFields": [field]]]]
        return ["nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": terms]]
    }

    private static func owner(_ object: KubernetesObject) -> JSONValue {
        [
            "apiVersion": .string(object.apiVersion), "kind": .string(object.kind), "name": .string(object.name),
            "uid": .string(object.uid),
        ]
    }
}
