import JSON

extension VClusterSpec {
    /// Chart values that have a field of their own; set twice, the portal would show one value and run another.
    private static let ownedValues: [(path: [String], field: String)] = [
        (["controlPlane", "distro", "k8s", "version"], "kubernetesVersion"),
        (["controlPlane", "statefulSet", "highAvailability", "replicas"], "replicas"),
        (["controlPlane", "backingStore", "database", "embedded", "enabled"], "backingStore.type"),
        (["controlPlane", "backingStore", "etcd", "deploy", "enabled"], "backingStore.type"),
        (["controlPlane", "backingStore", "etcd", "external", "enabled"], "backingStore.type"),
    ]

    func checkHelmValues(_ path: String, _ errors: inout FieldErrors) {
        let field = "\(path).helmValues"
        let values = JSONValue.object(helmValues)
        let bytes = values.encoded().count
        guard bytes <= Self.helmValuesBytesMax else {
            errors.add(
                field,
                FieldErrorCode.tooLong,
                "must have at most \(Self.helmValuesBytesMax) bytes of JSON, these are \(bytes)"
            )
            return
        }
        for owned in Self.ownedValues where values.member(at: owned.path) != nil {
            errors.add(
                "\(field).\(owned.path.joined(separator: "."))",
                FieldErrorCode.conflict,
                "has a field of its own; set \(path).\(owned.field) instead"
            )
        }
        checkSyncConflict("storageClasses", sync.storageClasses, path, &errors)
        checkSyncConflict("priorityClasses", sync.priorityClasses, path, &errors)
    }

    /// Some kinds can be synced one way or the other but not both ways; the chart would start and then fail.
    private func checkSyncConflict(
        _ kind: String,
        _ direction: SyncDirection?,
        _ path: String,
        _ errors: inout FieldErrors
    ) {
        let values = JSONValue.object(helmValues)
        func isOn(_ side: String) -> Bool { values.member(at: ["sync", side, kind, "enabled"])?.bool == true }
        let toHost = isOn("toHost") || direction == .toHost
        let fromHost = isOn("fromHost") || direction == .fromHost
        if toHost, fromHost {
            errors.add(
                "\(path).sync.\(kind)",
                FieldErrorCode.conflict,
                "cannot be synced both to and from the host; choose one direction and remove the other from helmValues"
            )
        }
    }

    /// The spec of a release that is adopted: what has a field goes there, the rest stays in `helmValues`.
    public init(adopting release: DiscoveredRelease) {
        var values = JSONValue.object(release.values)
        self.init(
            kubernetesVersion: release.kubernetesVersion.map { $0.hasPrefix("v") ? $0 : "v\($0)" },
            chartVersion: release.chartVersion,
            replicas: max(release.replicas, 1)
        )
        let etcd = ["controlPlane", "backingStore", "etcd"]
        if values.member(at: etcd + ["deploy", "enabled"])?.bool == true {
            let replicas = etcd + ["deploy", "statefulSet", "highAvailability", "replicas"]
            backingStore = BackingStore(
                type: .deployedEtcd,
                etcdReplicas: values.member(at: replicas)?.int.flatMap(Int.init(exactly:)) ?? 1
            )
        } else if values.member(at: etcd + ["external", "enabled"])?.bool == true {
            backingStore = BackingStore(
                type: .externalEtcd,
                endpoint: values.member(at: etcd + ["external", "endpoint"])?.string
            )
        }
        for owned in Self.ownedValues {
            values = values.removing(owned.path)
        }
        helmValues = values.object ?? JSONObject()
    }
}

extension JSONValue {
    /// The value at a path of object keys; nil where the path leaves the objects.
    func member(at path: [String]) -> JSONValue? {
        path.reduce(self as JSONValue?) { value, key in value?[key] }
    }

    /// The value without the member at a path; objects that become empty by it go too.
    func removing(_ path: [String]) -> JSONValue {
        guard let key = path.first, var object, let child = object[key] else { return self }
        if path.count == 1 {
            object.removeValue(forKey: key)
        } else {
            let rest = child.removing(Array(path.dropFirst()))
            if rest.object?.isEmpty == true {
                object.removeValue(forKey: key)
            } else {
                object[key] = rest
            }
        }
        return .object(object)
    }
}
