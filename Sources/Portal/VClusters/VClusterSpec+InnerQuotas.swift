public import JSON

extension VClusterSpec {
    /// The most entries of `innerQuotas`.
    public static let innerQuotasMax = 16
    /// The most resources that one entry limits.
    public static let innerQuotaResourcesMax = 32

    /// The limits of namespaces inside of the vcluster; each becomes a ResourceQuota there.
    ///
    /// The first entry whose pattern fits a namespace holds for it, the others do not, so a namespace has one such quota.
    public struct InnerQuota: Sendable, Hashable {
        /// The name of a namespace, or a beginning with `*` at its end, `team-*`.
        public var namespace: String
        /// What the namespace may take, by the names that a ResourceQuota knows.
        public var hard: [String: Quantity]

        /// Makes an entry.
        public init(namespace: String, hard: [String: Quantity]) {
            self.namespace = namespace
            self.hard = hard
        }

        /// Whether this entry is about a namespace.
        ///
        /// Those of Kubernetes itself (`kube-…`) have to be named: a limit on all would keep DNS from starting.
        public func fits(_ name: String) -> Bool {
            guard namespace.hasSuffix("*") else { return namespace == name }
            let prefix = namespace.dropLast()
            return name.hasPrefix(prefix) && (!name.hasPrefix("kube-") || prefix.hasPrefix("kube-"))
        }
    }

    /// The entry that holds for a namespace; nil when none does.
    public static func innerQuota(for namespace: String, in quotas: [InnerQuota]) -> InnerQuota? {
        quotas.first { $0.fits(namespace) }
    }
}

extension VClusterSpec.InnerQuota: JSONRepresentable {
    /// Pattern and amounts, in the order of the names.
    public var json: JSONValue {
        let amounts = hard.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
        return ["namespace": .string(namespace), "hard": .object(JSONObject(amounts))]
    }
}

extension SpecReader {
    /// Reads `innerQuotas`; the rules beyond types and counts are in `VClusterSpec.checkInnerQuotas`.
    mutating func innerQuotas(_ value: JSONValue?, at path: String) -> [VClusterSpec.InnerQuota] {
        guard let value, !value.isNull else { return [] }
        guard let elements = value.array else {
            errors.add(path, FieldErrorCode.invalidType, "must be a list")
            return []
        }
        guard elements.count <= VClusterSpec.innerQuotasMax else {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(VClusterSpec.innerQuotasMax) entries")
            return []
        }
        return elements.enumerated().map { index, element in
            let at = "\(path)[\(index)]"
            let object = object(element, at: at, known: ["namespace", "hard"])
            if object["namespace"] == nil {
                errors.add("\(at).namespace", FieldErrorCode.required, "is required")
            }
            return VClusterSpec.InnerQuota(
                namespace: string(object["namespace"], at: "\(at).namespace", lengthMax: 63) ?? "",
                hard: quantities(object["hard"], at: "\(at).hard")
            )
        }
    }

    private mutating func quantities(_ value: JSONValue?, at path: String) -> [String: Quantity] {
        let object = freeObject(value, at: path)
        guard object.count <= VClusterSpec.innerQuotaResourcesMax else {
            let most = VClusterSpec.innerQuotaResourcesMax
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(most) entries")
            return [:]
        }
        var quantities: [String: Quantity] = [:]
        for (name, amount) in object {
            quantities[name] = quantity(amount, at: "\(path)[\"\(name)\"]")
        }
        return quantities
    }
}

extension VClusterSpec {
    /// Checks patterns, names and that no single namespace is promised more than the envelope of the whole vcluster.
    ///
    /// Together they may well be promised more: a namespace that does not use its share leaves it to the others.
    func checkInnerQuotas(_ path: String, _ errors: inout FieldErrors) {
        var seen: Set<String> = []
        for (index, entry) in innerQuotas.enumerated() {
            let field = "\(path).innerQuotas[\(index)]"
            let stem = entry.namespace.hasSuffix("*") ? entry.namespace.dropLast() + "x" : entry.namespace[...]
            if !entry.namespace.isEmpty, !KubernetesNames.isLabel(String(stem)) {
                errors.add(
                    "\(field).namespace",
                    FieldErrorCode.invalidValue,
                    "must be the name of a namespace, or a beginning of one followed by *"
                )
            }
            if !seen.insert(entry.namespace).inserted {
                errors.add("\(field).namespace", FieldErrorCode.conflict, "has an entry already")
            }
            if entry.hard.isEmpty {
                errors.add("\(field).hard", FieldErrorCode.required, "must limit at least one resource")
            }
            for (name, amount) in entry.hard.sorted(by: { $0.key < $1.key }) {
                checkInnerLimit(name, amount, "\(field).hard[\"\(name)\"]", &errors)
            }
        }
    }

    private func checkInnerLimit(_ name: String, _ amount: Quantity, _ field: String, _ errors: inout FieldErrors) {
        guard Self.isQuotaResource(name) else {
            errors.add(field, FieldErrorCode.invalidValue, "is no resource that a ResourceQuota counts")
            return
        }
        if let limit = envelopeLimit(of: name), amount > limit {
            errors.add(
                field,
                FieldErrorCode.outOfRange,
                "must be at most \(limit), the envelope of the whole vcluster in spec.quota"
            )
        }
    }

    /// What the envelope has of a resource; nil for what it does not bound.
    private func envelopeLimit(of name: String) -> Quantity? {
        switch name {
        case "cpu", "requests.cpu": quota.cpu
        case "memory", "requests.memory": quota.memory
        case "requests.storage": quota.storage
        case "requests.nvidia.com/gpu": quota.gpus.map { Quantity(Int64($0)) }
        case "pods", "count/pods": quota.pods.map { Quantity(Int64($0)) }
        default:
            name.hasPrefix("requests.")
                ? quota.extended[String(name.dropFirst("requests.".count))].map { Quantity(Int64($0)) } : nil
        }
    }

    /// Source: Kubernetes documentation, "Resource Quotas": the names without a slash are a closed list, those with one
    /// are extended resources, counts of objects, and storage by class.
    private static func isQuotaResource(_ name: String) -> Bool {
        let plain: Set<String> = [
            "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "requests.storage",
            "requests.ephemeral-storage", "limits.ephemeral-storage", "pods", "services", "services.nodeports",
            "services.loadbalancers", "configmaps", "secrets", "persistentvolumeclaims", "replicationcontrollers",
            "resourcequotas",
        ]
        return plain.contains(name) || (name.contains("/") && KubernetesNames.isQualifiedName(name))
    }
}
