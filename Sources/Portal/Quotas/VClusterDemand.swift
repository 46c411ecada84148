/// What a vcluster takes of the quotas of its tenant.
///
/// The envelope of its spec plus what the control plane itself requests: together what the ResourceQuota of its
/// namespace lets through. Pods of the control plane are inside of `quota.pods` already.
public struct VClusterDemand: Sendable, Hashable {
    /// What it takes.
    public var amounts: QuotaAmounts
    /// The dimensions in which nothing bounds what runs inside; only the control plane is counted there.
    public var unbounded: [QuotaDimension]

    /// The demand of a spec.
    ///
    /// - Parameters:
    ///   - spec: A checked spec.
    ///   - isRunning: Whether it runs, or will when the change that is on its way has succeeded. A suspended or softly
    ///     deleted vcluster keeps its place in the count and its volumes, and gives back everything else.
    public init(_ spec: VClusterSpec, isRunning: Bool) {
        let overhead = ControlPlaneOverhead(spec: spec)
        let envelope = spec.quota
        var amounts = QuotaAmounts([.vclusters: 1])
        amounts[.cpu] = Self.total(envelope.cpu, overhead.requestedCPU, .cpu)
        amounts[.memory] = Self.total(envelope.memory, overhead.requestedMemory, .memory)
        amounts[.storage] = Self.total(envelope.storage, overhead.storage, .storage)
        amounts[.gpus] = Int64(envelope.gpus ?? 0)
        amounts[.pods] = Int64(envelope.pods ?? overhead.pods)
        for (name, count) in envelope.extended { amounts[.extended(name)] = Int64(count) }
        self.amounts = isRunning ? amounts : amounts.keptBySuspension
        unbounded = [
            (QuotaDimension.cpu, envelope.cpu == nil), (.memory, envelope.memory == nil),
            (.storage, envelope.storage == nil), (.gpus, envelope.gpus == nil), (.pods, envelope.pods == nil),
        ].filter(\.1).map(\.0)
    }

    /// The sum in the unit of a dimension; an amount beyond every quantity counts as the largest one.
    private static func total(_ envelope: Quantity?, _ overhead: Quantity, _ dimension: QuotaDimension) -> Int64 {
        guard let sum = try? (envelope ?? .zero).adding(overhead), let amount = try? dimension.amount(sum) else {
            return PortalLimits.Quotas.amountMax
        }
        return min(amount, PortalLimits.Quotas.amountMax)
    }
}

extension VClusterDemand {
    /// What a vcluster takes once an operation with a verb has succeeded; nil for one that leaves that as it is.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster with the spec that the operation brings to the host.
    ///   - verb: What the operation does.
    ///   - phaseBeforeDelete: Where an undelete goes back to.
    init?(_ vcluster: VCluster, after verb: OperationVerb, phaseBeforeDelete: VClusterPhase?) {
        let isRunning: Bool? =
            switch verb {
            case .create, .adopt, .resume, .scale, .update, .restore: true
            case .undelete: (phaseBeforeDelete ?? .running) == .running
            case .suspend, .delete, .purge: false
            case .snapshot, .deleteSnapshot: nil
            }
        guard let isRunning else { return nil }
        self.init(vcluster.spec, isRunning: isRunning)
    }
}
