import Yams

/// The merged values of a release, from `vc-config-NAME`, as far as the driver reads them back.
struct InstalledValues {
    private let root: Node?

    /// Values that are no YAML are as good as none.
    init(yaml: [UInt8]) {
        root = try? Yams.compose(yaml: String(decoding: yaml, as: UTF8.self))
    }

    /// Replicas of the control plane, or of a deployed etcd; nil when the values do not say or say less than one.
    func replicas(ofEtcd isEtcd: Bool) -> Int? {
        let owner = isEtcd ? ["backingStore", "etcd", "deploy", "statefulSet"] : ["statefulSet"]
        let path = ["controlPlane"] + owner + ["highAvailability", "replicas"]
        let value = path.reduce(root) { $0?.mapping?[$1] }
        return value?.int.flatMap { $0 > 0 ? $0 : nil }
    }
}
