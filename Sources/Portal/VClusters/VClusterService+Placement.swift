import Logging
import Postgres

extension VClusterService {
    /// The hosts to try for a new vcluster, best first: the one that was asked for alone, or those with room.
    ///
    /// Where none has room the best one is answered all the same, so that the refusal says what is missing.
    ///
    /// - Parameters:
    ///   - id: The host that was asked for; nil to have one chosen.
    ///   - use: What the vcluster takes.
    ///   - requireRules: Throws when access rules refuse the vcluster on a host.
    /// - Returns: One at least.
    /// - Throws: `PortalError` `.invalidArgument` for an unknown host, `.conflict` for one that accepts none,
    ///   `.unavailable` when no host accepts new vclusters; `.forbidden` when the rules refuse all that do.
    func placements(
        _ id: HostID?,
        for use: QuotaUse,
        requireRules: (HostID) throws(PortalError) -> Void
    ) async throws -> [Host] {
        if let id {
            let host = try await chosen(id)
            try requireRules(id)
            return [host]
        }
        let database = database.elevated(for: .placement)
        let most = PortalLimits.Hosts.placementsMax
        var ids: [HostID] = []
        var refusal: PortalError?
        for row in try await database.query(HostRoomQueries.placements(limit: most), idempotent: true) {
            let id: HostID = try row.decode("id")
            do throws(PortalError) {
                try requireRules(id)
                ids.append(id)
            } catch {
                refusal = refusal ?? error
            }
        }
        guard let best = ids.first else {
            throw refusal
                ?? PortalError(
                    .unavailable,
                    "No host accepts new vclusters at the moment. Ask a platform admin to add or repair one."
                )
        }
        var rooms: [HostID: HostRoom] = [:]
        for row in try await database.query(HostRoomQueries.rooms(of: ids), idempotent: true) {
            rooms[try row.decode("id")] = try HostRoom(row: row)
        }
        let roomy = ids.filter { rooms[$0]?.shortage(adding: use) == nil }
        var placements: [Host] = []
        for id in roomy.isEmpty ? [best] : roomy.prefix(PortalLimits.Hosts.placementTriesMax).map({ $0 }) {
            placements.append(try await hosts.host(id))
        }
        return placements
    }

    /// Tries hosts in turn until one has room: others may have filled one since it was looked at.
    func trying(
        _ hosts: [Host],
        _ body: (Host) async throws -> VClusterChange
    ) async throws -> VClusterChange {
        for host in hosts.dropLast() {
            do {
                return try await body(host)
            } catch let error as PortalError where error.underlying is HostShortage {
                logger.info("a host was filled by others", metadata: ["host": "\(host.name)"])
            }
        }
        guard let last = hosts.last else {
            throw PortalError(.unavailable, "No host accepts new vclusters at the moment.")
        }
        return try await body(last)
    }

    private func chosen(_ id: HostID) async throws -> Host {
        let host: Host
        do {
            host = try await hosts.host(id)
        } catch let error as PortalError where error.code == .notFound {
            throw PortalError.invalid("hostId", FieldErrorCode.notFound, "is not the id of a host")
        }
        guard host.acceptsNew else {
            throw PortalError(.conflict, "The host \(host.name) accepts no new vclusters. Choose another one.")
        }
        return host
    }
}
