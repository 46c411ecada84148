public import JSON

extension VClusterSpec {
    /// How the virtual API server is reached.
    public struct Exposure: Sendable, Hashable {
        /// The kinds of exposure.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Inside the host only, or by the host's configured address.
            case clusterIP
            /// A port of every node.
            case nodePort
            /// An address of the cloud's load balancer.
            case loadBalancer
            /// A host name with TLS passed through.
            case ingress
        }

        /// The kind of exposure.
        public var type: Kind
        /// The ingress; only with `.ingress`.
        public var ingress: Ingress?

        /// Makes an exposure; a cluster address unless told.
        public init(type: Kind = .clusterIP, ingress: Ingress? = nil) {
            self.type = type
            self.ingress = ingress
        }
    }

    /// The ingress of the virtual API server.
    public struct Ingress: Sendable, Hashable {
        /// The ingress class; nil means the host's default.
        public var className: String?
        /// The DNS name.
        public var host: String
        /// Annotations besides the chart's.
        public var annotations: [String: String]

        /// Makes an ingress.
        public init(className: String? = nil, host: String, annotations: [String: String] = [:]) {
            self.className = className
            self.host = host
            self.annotations = annotations
        }
    }

    /// Which side is the source of a kind of objects that can be synced both ways, but never at once.
    public enum SyncDirection: String, Sendable, Hashable, CaseIterable {
        /// Not synced.
        case off
        /// The vcluster's objects appear on the host.
        case toHost
        /// The host's objects appear in the vcluster.
        case fromHost
    }

    /// What is synced beyond the chart's defaults.
    public struct Sync: Sendable, Hashable {
        /// Real nodes of the host appear inside.
        public var nodes: Bool
        /// Persistent volumes of the vcluster appear on the host.
        public var persistentVolumes: Bool
        /// Storage classes; nil lets the chart decide.
        public var storageClasses: SyncDirection?
        /// Ingresses of the vcluster appear on the host.
        public var ingresses: Bool
        /// Priority classes; nil lets the chart decide.
        public var priorityClasses: SyncDirection?
        /// Network policies of the vcluster appear on the host.
        public var networkPolicies: Bool
        /// Pod disruption budgets of the vcluster appear on the host.
        public var podDisruptionBudgets: Bool

        /// Makes a set; nothing beyond the defaults unless told.
        public init(
            nodes: Bool = false,
            persistentVolumes: Bool = false,
            storageClasses: SyncDirection? = nil,
            ingresses: Bool = false,
            priorityClasses: SyncDirection? = nil,
            networkPolicies: Bool = false,
            podDisruptionBudgets: Bool = false
        ) {
            self.nodes = nodes
            self.persistentVolumes = persistentVolumes
            self.storageClasses = storageClasses
            self.ingresses = ingresses
            self.priorityClasses = priorityClasses
            self.networkPolicies = networkPolicies
            self.podDisruptionBudgets = podDisruptionBudgets
        }
    }

    /// The service account of the control plane.
    public struct ServiceAccount: Sendable, Hashable {
        /// Its name; nil means the chart's `vc-NAME`.
        public var name: String?
        /// Its annotations.
        public var annotations: [String: String]

        /// Makes a description.
        public init(name: String? = nil, annotations: [String: String] = [:]) {
            self.name = name
            self.annotations = annotations
        }
    }

    /// A plugin of the syncer.
    public struct Plugin: Sendable, Hashable {
        /// Its name, a DNS label, unique in the spec.
        public var name: String
        /// Its image with a tag or digest.
        public var image: String
        /// Its configuration, free-form.
        public var config: JSONObject

        /// Makes a plugin.
        public init(name: String, image: String, config: JSONObject = JSONObject()) {
            self.name = name
            self.image = image
            self.config = config
        }
    }
}
