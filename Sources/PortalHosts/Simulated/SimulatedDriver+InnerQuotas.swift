import JSON
public import Portal

extension SimulatedDriver {
    /// Remembers the limits of inner namespaces, as if the vcluster had every namespace that an entry names.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`.
    @discardableResult
    public func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int {
        try await enter(isChange: true)
        let before = innerQuotas(of: try await ownRelease(of: target))
        guard before != quotas else { return 0 }
        try await store.remember(
            ["innerQuotas": .array(quotas.map(\.json))],
            host: hostID,
            namespace: target.namespace
        )
        await Self.say("\(quotas.count) limits of inner namespaces are set.", to: log)
        return quotas.count { !before.contains($0) }
            + before.count { was in !quotas.contains { $0.namespace == was.namespace } }
    }

    /// The limits that a release was sent; empty before the first.
    func innerQuotas(of release: SimulatedRelease) -> [VClusterSpec.InnerQuota] {
        (release.spec["innerQuotas"]?.array ?? []).map { entry in
            var hard: [String: Quantity] = [:]
            for (name, amount) in entry["hard"]?.object ?? [:] {
                hard[name] = amount.string.flatMap { Quantity($0) }
            }
            return VClusterSpec.InnerQuota(namespace: entry["namespace"]?.string ?? "", hard: hard)
        }
    }
}
