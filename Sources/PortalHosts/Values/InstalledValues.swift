import Portal
import Yams

/// The merged values of a release, from `vc-config-NAME`, as far as the driver reads them back.
struct InstalledValues {
    private let root: Node?

    /// Values that are no YAML are as good as none.
    init(yaml: [UInt8]) {
        root = try? Yams.compose(yaml: String(decoding: yaml, as: UTF8.self))
    }

    /// The store that the release keeps its objects in; nil when the values do not say.
    ///
    /// Stores that only a licence gives have no kind of their own in a spec and are nil too.
    var store: VClusterSpec.BackingStore.Kind? {
        let stores = ["controlPlane", "backingStore"].reduce(root) { $0?.mapping?[$1] }?.mapping
        guard let stores else { return nil }
        func isOn(_ owner: String, _ kind: String) -> Bool {
            stores[owner]?.mapping?[kind]?.mapping?["enabled"]?.bool == true
        }
        if isOn("etcd", "embedded") || isOn("database", "external") { return nil }
        if isOn("etcd", "deploy") { return .deployedEtcd }
        return isOn("etcd", "external") ? .externalEtcd : .embeddedDatabase
    }

    /// Members of a deployed etcd; nil when there is none.
    var etcdReplicas: Int? { store == .deployedEtcd ? replicas(ofEtcd: true) ?? 1 : nil }

    /// Replicas of the control plane, or of a deployed etcd; nil when the values do not say or say less than one.
    func replicas(ofEtcd isEtcd: Bool) -> Int? {
        let owner = isEtcd ? ["backingStore", "etcd", "deploy", "statefulSet"] : ["statefulSet"]
        let path = ["controlPlane"] + owner + ["highAvailability", "replicas"]
        let value = path.reduce(root) { $0?.mapping?[$1] }
        return value?.int.flatMap { $0 > 0 ? $0 : nil }
    }
}
