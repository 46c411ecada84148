import FoundationEssentials
public import Postgres

extension VClusterEvent.Kind: PostgresCodable {}

/// The statements on `vcluster_events`.
enum EventQueries {
    /// Records an event.
    static func record(_ event: VClusterEvent) -> SQL {
        """
        INSERT INTO vcluster_events (id, vcluster_id, operation_id, created_at, type, reason, message, actor_name)
        VALUES (
            \(event.id), \(event.vclusterID), \(event.operationID), \(event.createdAt), \(event.type),
            \(event.reason), \(event.message), \(event.actorName)
        )
        """
    }

    /// The events of a vcluster, newest first, at most `limit` after `cursor`; by `vcluster_events_by_vcluster`.
    static func list(of vclusterID: VClusterID, after cursor: EventID?, limit: Int) -> SQL {
        let position: SQL = cursor.map { "AND id < \($0)" } ?? ""
        return """
            SELECT id, vcluster_id, operation_id, created_at, type, reason, message, actor_name
            FROM vcluster_events
            WHERE vcluster_id = \(vclusterID) \(sql: position)
            ORDER BY id DESC
            LIMIT \(limit)
            """
    }

    /// Removes events older than a time, at most `limit`; one row per event.
    static func sweep(before time: Date, limit: Int) -> SQL {
        """
        DELETE FROM vcluster_events WHERE id IN (
            SELECT id FROM vcluster_events WHERE created_at < \(time)
            ORDER BY created_at LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}

extension VClusterEvent {
    /// Reads the columns of `EventQueries.list`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            vclusterID: try row.decode("vcluster_id"),
            operationID: try row.decode("operation_id"),
            type: try row.decode("type"),
            reason: try row.decode("reason"),
            message: try row.decode("message"),
            actorName: try row.decode("actor_name"),
            createdAt: try row.decode("created_at")
        )
    }
}
