import Postgres

extension HostService {
    /// What is reserved of every host and what it bears, by name; for metrics.
    ///
    /// - Throws: `PostgresError`.
    public func rooms() async throws -> [(name: String, room: HostRoom)] {
        let rows = try await database.elevated(for: .metrics).query(
            HostRoomQueries.all(limit: PortalLimits.Hosts.placementsMax),
            idempotent: true
        )
        return try rows.map { (try $0.decode("name"), try HostRoom(row: $0)) }
    }

    /// What is reserved of some hosts and what they bear, by their ids.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`; `PostgresError`.
    public func rooms(of ids: [HostID], as caller: Caller) async throws -> [HostID: HostRoom] {
        try caller.require(.hostsManage)
        var rooms: [HostID: HostRoom] = [:]
        let rows = try await database.elevated(for: .hosts).query(HostRoomQueries.rooms(of: ids), idempotent: true)
        for row in rows { rooms[try row.decode("id")] = try HostRoom(row: row) }
        return rooms
    }
}
