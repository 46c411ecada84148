import JSON
import Kubernetes
import Portal

/// What has to change inside of a vcluster so that its namespaces have the limits of its spec; a pure value.
struct InnerQuotaPlan: Equatable {
    /// The name of the ResourceQuota in every limited namespace.
    static let name = "open-vcluster-portal"

    /// Namespaces whose quota is missing or differs, with what it shall be, in the order of their names.
    var writes: [(namespace: String, hard: [String: Quantity])]
    /// Namespaces whose quota goes, in the order of their names.
    var removals: [String]
    /// Patterns without `*` that no namespace has.
    var absent: [String]

    /// Compares what is there with what should be.
    ///
    /// - Parameters:
    ///   - quotas: The entries of the spec.
    ///   - namespaces: The namespaces inside that are not going away.
    ///   - existing: The quotas inside that carry the portal's label.
    init(quotas: [VClusterSpec.InnerQuota], namespaces: [String], existing: [KubernetesObject]) {
        let present = Set(namespaces)
        var hard: [String: [String: Quantity]] = [:]
        for namespace in present {
            hard[namespace] = VClusterSpec.innerQuota(for: namespace, in: quotas)?.hard
        }
        var found: [String: [String: Quantity]] = [:]
        for quota in existing where quota.name == Self.name {
            guard let namespace = quota.namespace else { continue }
            found[namespace] = Self.hard(of: quota)
        }
        writes = hard.filter { found[$0.key] != $0.value }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        removals = found.keys.filter { hard[$0] == nil && present.contains($0) }.sorted()
        absent = quotas.map(\.namespace).filter { !$0.hasSuffix("*") && !present.contains($0) }
    }

    /// How many objects change.
    var count: Int { writes.count + removals.count }

    /// The object of a namespace, for server-side apply.
    static func object(namespace: String, hard: [String: Quantity]) -> KubernetesObject {
        let amounts = hard.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
        return KubernetesObject(
            kind: .resourceQuota,
            namespace: namespace,
            name: name,
            labels: [OwnerKeys.managedBy: OwnerKeys.managerName],
            members: ["spec": ["hard": .object(JSONObject(amounts))]]
        )
    }

    private static func hard(of quota: KubernetesObject) -> [String: Quantity] {
        var hard: [String: Quantity] = [:]
        for (name, amount) in quota.spec["hard"]?.object ?? [:] {
            hard[name] = amount.string.flatMap { Quantity($0) }
        }
        return hard
    }

    static func == (left: Self, right: Self) -> Bool {
        left.writes.elementsEqual(right.writes) { $0 == $1 } && left.removals == right.removals
            && left.absent == right.absent
    }
}
