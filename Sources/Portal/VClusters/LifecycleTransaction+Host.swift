extension LifecycleTransaction {
    /// Admits a change on the host of a vcluster, and tells people when there is little room left there.
    ///
    /// - Throws: `HostShortage`; `PostgresError`.
    func admitOnHost(_ vcluster: VCluster, demand: VClusterDemand, operationID: OperationID?) async throws {
        let room = try await HostAdmission(transaction: transaction).admit(vcluster, demand: demand)
        guard let warning = room?.warning(host: vcluster.hostName) else { return }
        try await record(.warning, "HostNearlyFull", warning, of: vcluster, operationID: operationID)
    }
}
