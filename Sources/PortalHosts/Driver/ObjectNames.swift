import Portal

/// Labels and annotations with which the portal marks what is its own.
enum OwnerKeys {
    /// Label: the id of the vcluster, the one mark that ownership depends on.
    static let vclusterID = "portal.open-vcluster.io/vcluster-id"
    /// Label: the id of the tenant.
    static let tenantID = "portal.open-vcluster.io/tenant-id"
    /// Label: the name of the vcluster, for people who look at the host.
    static let vclusterName = "portal.open-vcluster.io/vcluster"
    /// Annotation: generation of the spec that was installed last.
    static let generation = "portal.open-vcluster.io/generation"
    /// Annotation: fingerprint of the values that were installed last.
    static let valuesFingerprint = "portal.open-vcluster.io/values-fingerprint"
    /// Annotation: how often pods could not be created before the last install; only more than that is news.
    static let failedCreates = "portal.open-vcluster.io/failed-creates"
    /// Annotation of a workload: when the portal asked its controller to try again.
    static let retriedAt = "portal.open-vcluster.io/retried-at"
    /// Annotation of a workload: the operation that has restored it last.
    static let restoredBy = "portal.open-vcluster.io/restored-by"
    /// Label with the usual meaning; for namespaces only, Helm claims it on what it installs.
    static let managedBy = "app.kubernetes.io/managed-by"
    /// Value of ``managedBy``.
    static let managerName = "open-vcluster-portal"

    /// The labels of a namespace and of a workload.
    static func labels(of target: VClusterTarget) -> [String: String] {
        [
            vclusterID: target.id.description,
            tenantID: target.tenantID.description,
            vclusterName: target.name,
        ]
    }
}

/// Names that the chart, the syncer and the vcluster CLI use.
enum VClusterKeys {
    /// Annotation on a namespace that was made for a vcluster and goes with it.
    static let created = "vcluster.loft.sh/created"
    /// Annotations of a paused workload.
    static let paused = "loft.sh/paused"
    static let pausedReplicas = "loft.sh/paused-replicas"
    static let pausedDate = "loft.sh/paused-date"
    /// Annotation of a workload during a restore.
    static let restoring = "loft.sh/restoring"
    /// Label of a workload that the platform put to sleep.
    static let sleepMode = "loft.sh/sleep-mode"
    /// Annotation that protects a workload from deletion.
    static let nonDeletable = "loft.sh/non-deletable"
    /// Label of everything that the syncer makes on the host.
    static let managedBy = "vcluster.loft.sh/managed-by"
    /// Label: the namespace inside of the vcluster.
    static let innerNamespace = "vcluster.loft.sh/namespace"
    /// Annotation of a host namespace that existed before it was synced.
    static let imported = "vcluster.loft.sh/object-imported"
    /// What all keys of the syncer begin with.
    static let prefix = "vcluster.loft.sh/"

    /// Label selector of the control plane's pods and workload.
    static func controlPlane(_ target: VClusterTarget) -> String { "app=vcluster,release=\(target.release)" }

    /// Label selector of a deployed etcd.
    static func etcd(_ target: VClusterTarget) -> String { "app=vcluster-etcd,release=\(target.release)" }

    /// Label selector of the tenant's synced objects in the namespace.
    static func tenant(_ target: VClusterTarget) -> String { "\(managedBy)=\(target.release)" }

    /// Label selector of synced objects of the whole cluster.
    ///
    /// The value is cut by the syncer's hash rule beyond 63
    /// characters, which the portal's names (prefix ≤ 20, name ≤ 40) can reach.
    static func clusterWide(_ target: VClusterTarget) -> String {
        "\(managedBy)=\(SyncedName.joined([target.namespace, "x", target.release]))"
    }
}
