extension VClusterSpec {
    /// Where the virtual API server keeps its objects.
    public struct BackingStore: Sendable, Hashable {
        /// The kinds of stores that work without a licence.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// SQLite in the pod's volume; one replica only.
            case embeddedDatabase
            /// An etcd StatefulSet beside the control plane.
            case deployedEtcd
            /// An etcd that exists already.
            case externalEtcd
        }

        /// The kind of store.
        public var type: Kind
        /// Members of the deployed etcd: 1, 3 or 5; fixed at the first install.
        public var etcdReplicas: Int
        /// Endpoint of the external etcd, `https://etcd.example:2379`.
        public var endpoint: String?
        /// Files of the external etcd's TLS inside the control-plane pod.
        public var tls: TLSFiles?

        /// Makes a store; SQLite unless told.
        public init(
            type: Kind = .embeddedDatabase,
            etcdReplicas: Int = 1,
            endpoint: String? = nil,
            tls: TLSFiles? = nil
        ) {
            self.type = type
            self.etcdReplicas = etcdReplicas
            self.endpoint = endpoint
            self.tls = tls
        }
    }

    /// Paths of certificate files inside the control-plane pod.
    public struct TLSFiles: Sendable, Hashable {
        /// The certificate authority.
        public var caFile: String
        /// The client certificate.
        public var certFile: String
        /// The client key.
        public var keyFile: String

        /// Makes a set of paths.
        public init(caFile: String, certFile: String, keyFile: String) {
            self.caFile = caFile
            self.certFile = certFile
            self.keyFile = keyFile
        }
    }

    /// The volume of the control plane, or of each member of the deployed etcd.
    public struct Persistence: Sendable, Hashable {
        /// Whether there is a volume; nil lets the chart decide by the store.
        public var enabled: Bool?
        /// Its size; fixed at the first install.
        public var size: Quantity?
        /// Its storage class; nil means the host's default.
        public var storageClass: String?

        /// Makes a volume description.
        public init(enabled: Bool? = nil, size: Quantity? = nil, storageClass: String? = nil) {
            self.enabled = enabled
            self.size = size
            self.storageClass = storageClass
        }
    }
}
