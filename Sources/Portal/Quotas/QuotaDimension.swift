public import JSON

/// Something that a quota counts: pieces, millicores or bytes.
///
/// Source: openapi.yaml `QuotaDimension`; the order of the built-in ones is that of the arrays in `quota_counters`.
public enum QuotaDimension: Sendable, Hashable {
    /// VClusters, suspended and softly deleted ones too.
    case vclusters
    /// CPU, in millicores.
    case cpu
    /// Memory, in bytes.
    case memory
    /// Persistent volumes, in bytes.
    case storage
    /// Whole GPUs (`nvidia.com/gpu`).
    case gpus
    /// Pods.
    case pods
    /// Snapshots, in bytes.
    case snapshotStorage
    /// Pieces of another extended resource by its name, `nvidia.com/mig-1g.5gb`.
    case extended(String)

    /// The dimensions that need no name, in the order in which they are checked and stored.
    public static let builtIn: [QuotaDimension] = [
        .vclusters, .cpu, .memory, .storage, .gpus, .pods, .snapshotStorage,
    ]

    /// In what a dimension is counted.
    public enum Unit: Sendable, Hashable {
        /// Pieces.
        case count
        /// Thousandths of a core.
        case millicores
        /// Bytes.
        case bytes
    }

    /// The name in the API and in the database.
    public var name: String {
        switch self {
        case .vclusters: "vclusters"
        case .cpu: "cpu"
        case .memory: "memory"
        case .storage: "storage"
        case .gpus: "gpus"
        case .pods: "pods"
        case .snapshotStorage: "snapshotStorage"
        case .extended(let name): name
        }
    }

    /// Reads a name; nil for what is neither built in nor the name of an extended resource.
    public init?(name: String) {
        if let known = Self.builtIn.first(where: { $0.name == name }) {
            self = known
        } else if Self.isExtendedResource(name) {
            self = .extended(name)
        } else {
            return nil
        }
    }

    /// In what this dimension is counted.
    public var unit: Unit {
        switch self {
        case .cpu: .millicores
        case .memory, .storage, .snapshotStorage: .bytes
        case .vclusters, .gpus, .pods, .extended: .count
        }
    }

    /// Whether a suspended vcluster gives it back: all but the count of vclusters and what lies on disks.
    public var isReleasedBySuspension: Bool {
        switch self {
        case .cpu, .memory, .gpus, .pods, .extended: true
        case .vclusters, .storage, .snapshotStorage: false
        }
    }

    /// The place in an array of the built-in dimensions, from 0; nil for an extended resource.
    var index: Int? { Self.builtIn.firstIndex(of: self) }

    /// Whether a name is that of an extended resource with a field of its own nowhere else.
    ///
    /// Source: Kubernetes, "Extended Resources": a qualified name outside of `kubernetes.io`.
    public static func isExtendedResource(_ name: String) -> Bool {
        name != "nvidia.com/gpu" && name.contains("/") && KubernetesNames.isQualifiedName(name)
            && !name.hasPrefix("requests.") && !name.hasPrefix("limits.")
            && !(name.split(separator: "/").first.map { $0 == "kubernetes.io" || $0.hasSuffix(".kubernetes.io") }
                ?? true)
    }
}

extension QuotaDimension {
    /// An amount as people write it: `12`, `500m`, `2Gi`.
    public func text(_ amount: Int64) -> String {
        switch unit {
        case .count: "\(amount)"
        case .millicores: Quantity(Millicores(amount)).description
        case .bytes: Quantity(Bytes(amount)).description
        }
    }

    /// An amount as the API writes it: a number of pieces, a quantity of everything else.
    public func json(_ amount: Int64) -> JSONValue {
        unit == .count ? amount.json : .string(text(amount))
    }

    /// The amount of a quantity in the unit of this dimension, rounded up.
    ///
    /// - Throws: `QuantityError` when it is too large for the unit.
    public func amount(_ quantity: Quantity) throws(QuantityError) -> Int64 {
        switch unit {
        case .count: quantity.count()
        case .millicores: try quantity.millicores().value
        case .bytes: quantity.bytes().value
        }
    }
}

extension QuotaDimension: Comparable {
    /// Orders built-in dimensions as they are checked, extended ones behind them by name.
    public static func < (left: Self, right: Self) -> Bool {
        switch (left.index, right.index) {
        case (let left?, let right?): left < right
        case (nil, nil): left.name < right.name
        case (let index, _): index != nil
        }
    }
}
