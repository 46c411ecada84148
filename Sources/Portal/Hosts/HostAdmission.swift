import Postgres

/// Whether a host bears a change, over the transaction that makes it.
///
/// Waits for other admissions on the same host and keeps them out until the transaction ends. Call it before the quotas:
/// lock order is vcluster, operation, host, quotas.
struct HostAdmission: Sendable {
    let transaction: PortalTransaction

    /// Admits what a vcluster will take of its host, the larger of that and what it has reserved already.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster as it will be.
    ///   - demand: What it will take.
    /// - Returns: The host with the change, for a warning; nil when nothing grows.
    /// - Throws: `HostShortage`; `PostgresError`.
    func admit(_ vcluster: VCluster, demand: VClusterDemand) async throws -> HostRoom? {
        let everything = transaction.elevated(for: .hosts)
        let before = try await everything.query(QuotaQueries.reservation(vcluster.id.uuid)).first
            .map { try QuotaReservation(row: $0) }
        let was = before?.use ?? QuotaUse()
        let amounts = demand.amounts.largest(before?.amounts ?? .zero)
        let becomes = QuotaUse(amounts, class: vcluster.qosClass)
        let change = becomes - was
        guard HostRoom.dimensions.contains(where: change.grows) else { return nil }
        let results = try await everything.pipeline([
            HostRoomQueries.lock(vcluster.hostID),
            HostRoomQueries.room(of: vcluster.hostID, without: vcluster.id),
        ])
        guard let row = results[1].first else { return nil }
        let room = try HostRoom(row: row).adding(was)
        if let short = room.shortage(adding: change) {
            throw HostShortage(
                hostID: vcluster.hostID,
                hostName: vcluster.hostName,
                rule: short.rule,
                dimension: short.dimension,
                limit: short.limit,
                used: short.used,
                requested: short.requested
            )
        }
        return room.adding(change)
    }
}

extension QuotaUse {
    /// Whether a change takes more of a dimension in any of the three ways.
    fileprivate func grows(_ dimension: QuotaDimension) -> Bool {
        used[dimension] > 0 || guaranteed[dimension] > 0 || batch[dimension] > 0
    }
}

extension HostRoom {
    /// What people should hear of a host that has room for a change and little more; nil when there is plenty.
    func warning(host: String) -> String? {
        let tight = Self.dimensions.filter { state($0) == .nearlyFull || state($0) == .full }
        guard !tight.isEmpty else { return nil }
        let shares = tight.map { "\($0.name) \(percent($0) ?? 100) %" }.joined(separator: ", ")
        return "The host \(host) is nearly full: \(shares) of what may be reserved. Growth is refused at "
            + "\(settings.blockPercent) %."
    }
}
