/// One event of a watch.
public enum WatchEvent: Sendable, Hashable {
    /// The state was read anew: these objects exist and no others. Comes first when the watch started without a
    /// version, and later whenever the server no longer knows the version to resume from.
    case reset(KubernetesList)
    /// An object appeared, or began to match the selectors.
    case added(KubernetesObject)
    /// An object changed.
    case modified(KubernetesObject)
    /// An object is gone, or no longer matches; this is its last state.
    case deleted(KubernetesObject)
    /// Nothing happened up to this version, from which the watch can be resumed.
    case bookmark(resourceVersion: String)
}
