/// A kind of object and where its API stands.
public struct ResourceKind: Sendable, Hashable {
    /// Such as `v1` or `apps/v1`.
    public let apiVersion: String
    /// Such as `StatefulSet`.
    public let kind: String
    /// The lower-case name in paths, such as `statefulsets`.
    public let plural: String
    /// True when its objects live in namespaces.
    public let isNamespaced: Bool

    /// Names a kind, for example one of a custom resource definition.
    ///
    /// - Parameters:
    ///   - apiVersion: `v1`, or group and version.
    ///   - kind: The kind in objects.
    ///   - plural: The name in paths.
    ///   - namespaced: True when its objects live in namespaces.
    public init(apiVersion: String, kind: String, plural: String, namespaced: Bool = true) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.plural = plural
        self.isNamespaced = namespaced
    }

    /// Finds the kind of an object among the constants here.
    ///
    /// - Parameters:
    ///   - apiVersion: The object's `apiVersion`.
    ///   - kind: The object's `kind`.
    /// - Returns: Nil when it is none of them.
    public static func known(apiVersion: String, kind: String) -> ResourceKind? {
        all.first { $0.apiVersion == apiVersion && $0.kind == kind }
    }

    /// The start of every path: `/api/v1` or `/apis/<group>/<version>`.
    var basePath: String {
        (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion
    }
}

// All of these exist in every Kubernetes from 1.20 on.
extension ResourceKind {
    /// `v1 Namespace`.
    public static let namespace = ResourceKind(
        apiVersion: "v1",
        kind: "Namespace",
        plural: "namespaces",
        namespaced: false
    )
    /// `v1 Node`.
    public static let node = ResourceKind(apiVersion: "v1", kind: "Node", plural: "nodes", namespaced: false)
    /// `v1 Pod`.
    public static let pod = ResourceKind(apiVersion: "v1", kind: "Pod", plural: "pods")
    /// `v1 Service`.
    public static let service = ResourceKind(apiVersion: "v1", kind: "Service", plural: "services")
    /// `v1 Endpoints`.
    public static let endpoints = ResourceKind(apiVersion: "v1", kind: "Endpoints", plural: "endpoints")
    /// `v1 Secret`.
    public static let secret = ResourceKind(apiVersion: "v1", kind: "Secret", plural: "secrets")
    /// `v1 ConfigMap`.
    public static let configMap = ResourceKind(apiVersion: "v1", kind: "ConfigMap", plural: "configmaps")
    /// `v1 ServiceAccount`.
    public static let serviceAccount = ResourceKind(
        apiVersion: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts"
    )
    /// `v1 Event`.
    public static let event = ResourceKind(apiVersion: "v1", kind: "Event", plural: "events")
    /// `v1 ResourceQuota`.
    public static let resourceQuota = ResourceKind(apiVersion: "v1", kind: "ResourceQuota", plural: "resourcequotas")
    /// `v1 LimitRange`.
    public static let limitRange = ResourceKind(apiVersion: "v1", kind: "LimitRange", plural: "limitranges")
    /// `v1 PersistentVolumeClaim`.
    public static let persistentVolumeClaim = ResourceKind(
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims"
    )
    /// `v1 PersistentVolume`.
    public static let persistentVolume = ResourceKind(
        apiVersion: "v1",
        kind: "PersistentVolume",
        plural: "persistentvolumes",
        namespaced: false
    )
    /// `apps/v1 StatefulSet`.
    public static let statefulSet = ResourceKind(apiVersion: "apps/v1", kind: "StatefulSet", plural: "statefulsets")
    /// `apps/v1 Deployment`.
    public static let deployment = ResourceKind(apiVersion: "apps/v1", kind: "Deployment", plural: "deployments")
    /// `apps/v1 ReplicaSet`.
    public static let replicaSet = ResourceKind(apiVersion: "apps/v1", kind: "ReplicaSet", plural: "replicasets")
    /// `networking.k8s.io/v1 Ingress`.
    public static let ingress = ResourceKind(
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        plural: "ingresses"
    )
    /// `networking.k8s.io/v1 NetworkPolicy`.
    public static let networkPolicy = ResourceKind(
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        plural: "networkpolicies"
    )
    /// `storage.k8s.io/v1 StorageClass`.
    public static let storageClass = ResourceKind(
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        plural: "storageclasses",
        namespaced: false
    )
    /// `scheduling.k8s.io/v1 PriorityClass`.
    public static let priorityClass = ResourceKind(
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        plural: "priorityclasses",
        namespaced: false
    )
    /// `rbac.authorization.k8s.io/v1 Role`.
    public static let role = ResourceKind(
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        plural: "roles"
    )
    /// `rbac.authorization.k8s.io/v1 RoleBinding`.
    public static let roleBinding = ResourceKind(
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        plural: "rolebindings"
    )
    /// `rbac.authorization.k8s.io/v1 ClusterRole`.
    public static let clusterRole = ResourceKind(
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        plural: "clusterroles",
        namespaced: false
    )
    /// `rbac.authorization.k8s.io/v1 ClusterRoleBinding`.
    public static let clusterRoleBinding = ResourceKind(
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        plural: "clusterrolebindings",
        namespaced: false
    )
    /// `authorization.k8s.io/v1 SelfSubjectAccessReview`; can only be created.
    public static let selfSubjectAccessReview = ResourceKind(
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews",
        namespaced: false
    )
    /// `metrics.k8s.io/v1beta1 PodMetrics`; there only where a metrics server runs.
    public static let podMetrics = ResourceKind(
        apiVersion: "metrics.k8s.io/v1beta1",
        kind: "PodMetrics",
        plural: "pods"
    )
    /// `metrics.k8s.io/v1beta1 NodeMetrics`; there only where a metrics server runs.
    public static let nodeMetrics = ResourceKind(
        apiVersion: "metrics.k8s.io/v1beta1",
        kind: "NodeMetrics",
        plural: "nodes",
        namespaced: false
    )

    private static let all: [ResourceKind] = [
        .namespace, .node, .pod, .service, .endpoints, .secret, .configMap, .serviceAccount, .event, .resourceQuota,
        .limitRange, .persistentVolumeClaim, .persistentVolume, .statefulSet, .deployment, .replicaSet, .ingress,
        .networkPolicy, .storageClass, .priorityClass, .role, .roleBinding, .clusterRole, .clusterRoleBinding,
        .selfSubjectAccessReview, .podMetrics, .nodeMetrics,
    ]
}
