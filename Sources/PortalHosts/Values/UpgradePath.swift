import Portal

/// Whether a release that is there can become what a spec asks for.
///
/// Neither the chart nor the syncer checks these: a skipped minor, a downgrade or another store would install and then
/// lose data or never start. The rules are those of Kubernetes' version skew policy and of the chart's own CLI.
struct UpgradePath: Sendable {
    /// Chart version of the release; nil when it is not known.
    var chartVersion: String?
    /// Virtual Kubernetes of the release, `v1.33.4`.
    var kubernetesVersion: String?
    /// Store of the release.
    var store: VClusterSpec.BackingStore.Kind?
    /// Members of its deployed etcd.
    var etcdReplicas: Int?

    /// The first reason why not, for a person; nil when the change is safe or nothing is known about the release.
    func problem(spec: VClusterSpec, chartVersion wantedChart: String?) -> String? {
        if let store, store != spec.backingStore.type {
            return "The backing store cannot change from \(store.rawValue) to \(spec.backingStore.type.rawValue): the"
                + " chart would start with an empty one. Undo the change, or create a new vcluster."
        }
        if let etcdReplicas, spec.backingStore.type == .deployedEtcd, etcdReplicas != spec.backingStore.etcdReplicas {
            return "The deployed etcd cannot change from \(etcdReplicas) to \(spec.backingStore.etcdReplicas) members"
                + " after the first install. Undo the change, or create a new vcluster."
        }
        if let old = version(chartVersion), let new = version(wantedChart), new < old {
            return "The chart cannot go back from \(old) to \(new). Undo the change of chartVersion."
        }
        if let old = version(kubernetesVersion), let new = version(spec.kubernetesVersion) {
            return kubernetesProblem(from: old, to: new)
        }
        return nil
    }

    private func kubernetesProblem(from old: ReleaseVersion, to new: ReleaseVersion) -> String? {
        let minors = (old: old.numbers[1], new: new.numbers[1])
        if new.numbers[0] < old.numbers[0] || minors.new < minors.old {
            return "Kubernetes cannot go back from v\(old) to v\(new): its stored objects may be newer. Undo the change"
                + " of kubernetesVersion."
        }
        if minors.new > minors.old + 1 {
            return "Kubernetes cannot skip minor versions from v\(old) to v\(new). Go to v1.\(minors.old + 1) first."
        }
        return nil
    }

    /// Charts from a source checkout have version 0.0.1, which says nothing.
    private func version(_ text: String?) -> ReleaseVersion? {
        text.flatMap { ReleaseVersion($0) }.flatMap { $0 == ReleaseVersion(0, 0, 1) ? nil : $0 }
    }
}
