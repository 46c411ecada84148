import FoundationEssentials
public import Postgres

/// The channels of NOTIFY that the engine uses; payloads are hints, the tables are the truth.
enum NotifyChannel: String {
    /// Something was added to `changes`.
    case changes = "portal_changes"
    /// An operation is due, or has to be cancelled; the payload is its id.
    case operations = "portal_operations"
}

/// The statements on `changes`.
enum ChangeQueries {
    /// Records a change and wakes the feeds of all servers when the transaction commits.
    static func record(
        _ kind: Change.Kind,
        _ type: Change.ChangeType,
        id: UUID,
        vclusterID: VClusterID,
        tenantID: TenantID,
        at now: Date
    ) -> SQL {
        """
        WITH recorded AS (
            INSERT INTO changes (object_id, vcluster_id, tenant_id, created_at, kind, type)
            VALUES (\(id), \(vclusterID), \(tenantID), \(now), \(kind), \(type))
        )
        SELECT pg_notify('portal_changes', '')
        """
    }

    /// Changes after a cursor in the order (xid, sequence), at most `limit`; by the primary key.
    ///
    /// `settled` is false for a row that is committed while an older transaction still runs: that one may yet put rows
    /// before it, so a reader must not go past it.
    static func read(after cursor: ChangeCursor, limit: Int) -> SQL {
        """
        SELECT c.xid, c.sequence, c.kind, c.type, c.object_id, c.vcluster_id, c.tenant_id, t.path AS tenant_path,
            c.previous_path, c.xid < pg_snapshot_xmin(pg_current_snapshot()) AS settled
        FROM (
            SELECT xid, sequence, kind, type, object_id, vcluster_id, tenant_id, previous_path
            FROM changes
            WHERE (xid, sequence) > (\(String(cursor.transaction))::xid8, \(cursor.sequence))
            ORDER BY xid, sequence
            LIMIT \(limit)
        ) AS c
        JOIN tenants AS t ON t.id = c.tenant_id
        ORDER BY c.xid, c.sequence
        """
    }

    /// One row: the last row that was removed (`xid`, `sequence`) and the first transaction id not given out yet.
    static let horizon: SQL = """
        SELECT xid, sequence, pg_snapshot_xmax(pg_current_snapshot()) AS next_xid
        FROM change_horizon
        """

    /// One row: the position (`xid`, `sequence`) after everything that is settled now.
    ///
    /// Every later change has an xid that is not below the oldest running one, so the greatest sequence below it will
    /// do.
    static let current: SQL = """
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1 AS xid, 9223372036854775807 AS sequence
        """

    /// Removes changes older than a time, at most `limit` in their order, and moves the horizon after the last of
    /// them; one row with their `count`.
    static func sweep(before time: Date, limit: Int) -> SQL {
        """
        WITH doomed AS (
            SELECT xid, sequence FROM changes
            WHERE created_at < \(time) AND xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY xid, sequence
            LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        ), removed AS (
            DELETE FROM changes AS c USING doomed AS d
            WHERE c.xid = d.xid AND c.sequence = d.sequence
            RETURNING c.xid, c.sequence
        ), moved AS (
            UPDATE change_horizon AS h SET xid = last.xid, sequence = last.sequence
            FROM (SELECT xid, sequence FROM removed ORDER BY xid DESC, sequence DESC LIMIT 1) AS last
            WHERE (h.xid, h.sequence) < (last.xid, last.sequence)
        )
        SELECT count(*) AS count FROM removed
        """
    }
}

extension Change.Kind: PostgresCodable {}
extension Change.ChangeType: PostgresCodable {}

extension ChangeCursor {
    /// Reads the columns `xid` and `sequence`.
    init(row: PostgresRow) throws {
        let text = try row.decode("xid", as: String.self)
        guard let transaction = UInt64(text) else {
            throw PostgresError(.decoding, "xid \(text) is not a transaction id")
        }
        self.init(transaction: transaction, sequence: try row.decode("sequence"))
    }
}

extension Change {
    /// Reads the columns of `ChangeQueries.read`.
    init(row: PostgresRow) throws {
        self.init(
            cursor: try ChangeCursor(row: row),
            kind: try row.decode("kind"),
            type: try row.decode("type"),
            objectID: try row.decode("object_id", as: UUID.self).uuidString.lowercased(),
            vclusterID: try row.decode("vcluster_id"),
            tenantID: try row.decode("tenant_id"),
            tenantPath: try row.decode("tenant_path"),
            previousPath: try row.decode("previous_path")
        )
    }
}
