import JSON
import Portal

/// A spec in words.
struct SpecFacts: Sendable {
    private let writer: Localizer

    /// Facts for one reader.
    init(_ writer: Localizer) { self.writer = writer }

    /// The facts of a vcluster that exists: what runs, where it is known.
    func facts(of vcluster: VCluster) -> [FactModel] {
        let spec = vcluster.spec
        var facts = [
            fact("kubernetes", vcluster.kubernetesVersion ?? spec.kubernetesVersion ?? chartDefault),
            fact("chart", vcluster.chartVersion ?? spec.chartVersion ?? chartDefault),
        ]
        facts += size(of: spec)
        return facts
    }

    /// The facts of a spec that is not installed yet.
    func facts(of spec: VClusterSpec) -> [FactModel] {
        [fact("kubernetes", spec.kubernetesVersion ?? chartDefault)] + size(of: spec)
    }

    /// The envelope of the workloads in one line.
    func quota(_ quota: VClusterSpec.Envelope) -> String {
        line([
            ("cpu", quota.cpu?.description), ("memory", quota.memory?.description),
            ("storage", quota.storage?.description), ("pods", quota.pods.map(NumberText.grouped)),
            ("gpus", quota.gpus.map(NumberText.grouped)),
        ]) ?? writer.text("wizard.review.unlimited")
    }

    private func size(of spec: VClusterSpec) -> [FactModel] {
        var facts = [
            fact("quota", quota(spec.quota)),
            fact("replicas", NumberText.grouped(spec.replicas)),
            fact("store", writer.text("store.\(spec.backingStore.type.rawValue)")),
        ]
        if let size = spec.persistence.size { facts.append(fact("persistence", size.description)) }
        if let text = resources(spec.resources.requests) { facts.append(fact("requests", text)) }
        if let text = resources(spec.resources.limits) { facts.append(fact("limits", text)) }
        facts.append(fact("isolation", writer.text("isolation.\(spec.isolation.rawValue)")))
        let host = spec.exposure.ingress?.host
        let exposure = writer.text("exposure.\(spec.exposure.type.rawValue)")
        facts.append(fact("exposure", host.map { "\(exposure): \($0)" } ?? exposure))
        if !spec.plugins.isEmpty { facts.append(fact("plugins", spec.plugins.map(\.name).joined(separator: ", "))) }
        if !spec.helmValues.isEmpty {
            facts.append(fact("helmValues", writer.count("vcluster.fact.keys", spec.helmValues.count)))
        }
        return facts
    }

    private func resources(_ resources: VClusterSpec.ComputeResources) -> String? {
        line([
            ("cpu", resources.cpu?.description), ("memory", resources.memory?.description),
            ("ephemeralStorage", resources.ephemeralStorage?.description),
        ])
    }

    private func line(_ amounts: [(name: String, amount: String?)]) -> String? {
        let texts = amounts.compactMap { name, amount in
            amount.map { writer.text("amount.\(name)", ["amount": .text($0)]) }
        }
        return texts.isEmpty ? nil : texts.joined(separator: writer.text("amount.separator"))
    }

    private var chartDefault: String { writer.text("vcluster.fact.chartDefault") }

    private func fact(_ key: String, _ value: String) -> FactModel {
        FactModel(name: writer.text("vcluster.fact.\(key)"), value: value)
    }
}
