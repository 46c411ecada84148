import FoundationEssentials
import JSON
import Postgres

extension Snapshot.State: PostgresCodable {}

/// The statements on `snapshots`; who changes one holds the lock of its vcluster.
enum SnapshotQueries {
    private static let columns: SQL = """
        s.id, s.vcluster_id, v.name AS vcluster_name, s.tenant_id, t.path AS tenant_path, s.name, s.description,
        s.state, s.size_bytes, s.reserved_bytes, s.location, s.chart_version, s.kubernetes_version, s.spec, s.message,
        s.created_by, s.created_by_name, s.created_at, s.ready_at
        """

    private static let tables: SQL = """
        snapshots AS s
        JOIN vclusters AS v ON v.id = s.vcluster_id
        JOIN tenants AS t ON t.id = s.tenant_id
        """

    /// One snapshot by primary key: one row or none.
    static func find(_ id: SnapshotID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE s.id = \(id)
        """
    }

    /// The snapshots of a vcluster, newest first; index `snapshots_by_vcluster`.
    static func list(of vclusterID: VClusterID, before id: SnapshotID?, limit: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE s.vcluster_id = \(vclusterID) AND (\(id)::uuid IS NULL OR s.id < \(id))
        ORDER BY s.id DESC
        LIMIT \(limit)
        """
    }

    /// How many snapshots a vcluster has: `count`.
    static func count(of vclusterID: VClusterID) -> SQL {
        "SELECT count(*) AS count FROM snapshots WHERE vcluster_id = \(vclusterID)"
    }

    /// Adds a snapshot; violates `snapshots_name_is_unique_in_vcluster`.
    static func insert(_ snapshot: Snapshot) -> SQL {
        """
        INSERT INTO snapshots (
            id, tenant_id, vcluster_id, created_by, reserved_bytes, created_at, state, name, description, location,
            created_by_name, chart_version, kubernetes_version, spec
        ) VALUES (
            \(snapshot.id), \(snapshot.tenantID), \(snapshot.vclusterID), \(snapshot.createdBy),
            \(snapshot.reservedBytes), \(snapshot.createdAt), \(snapshot.state), \(snapshot.name),
            \(snapshot.description), \(snapshot.location), \(snapshot.createdByName), \(snapshot.chartVersion),
            \(snapshot.kubernetesVersion), \(snapshot.spec.json)
        )
        """
    }

    /// Moves a snapshot to a state with what is to be said about it.
    static func set(_ state: Snapshot.State, message: String, of id: SnapshotID) -> SQL {
        "UPDATE snapshots SET state = \(state), message = \(message) WHERE id = \(id)"
    }

    /// Ends the taking of a snapshot well.
    static func finish(_ id: SnapshotID, at now: Date) -> SQL {
        "UPDATE snapshots SET state = 'ready', message = '', ready_at = \(now) WHERE id = \(id)"
    }

    /// Writes down how large an archive is.
    static func measure(_ id: SnapshotID, sizeBytes: Int64) -> SQL {
        "UPDATE snapshots SET size_bytes = \(sizeBytes), reserved_bytes = \(sizeBytes) WHERE id = \(id)"
    }

    /// Forgets a snapshot.
    static func delete(_ id: SnapshotID) -> SQL {
        "DELETE FROM snapshots WHERE id = \(id)"
    }

    /// Forgets the snapshots of a vcluster that is gone: `id` each.
    static func deleteAll(of vclusterID: VClusterID) -> SQL {
        "DELETE FROM snapshots WHERE vcluster_id = \(vclusterID) RETURNING id"
    }
}

extension Snapshot {
    /// Reads the columns of `SnapshotQueries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            vclusterID: try row.decode("vcluster_id"),
            vclusterName: try row.decode("vcluster_name"),
            tenantID: try row.decode("tenant_id"),
            tenantPath: try row.decode("tenant_path"),
            name: try row.decode("name"),
            description: try row.decode("description"),
            state: try row.decode("state"),
            sizeBytes: try row.decode("size_bytes"),
            reservedBytes: try row.decode("reserved_bytes"),
            location: try row.decode("location"),
            chartVersion: try row.decode("chart_version"),
            kubernetesVersion: try row.decode("kubernetes_version"),
            spec: VClusterSpec(stored: try row.decode("spec")),
            message: try row.decode("message"),
            createdBy: try row.decode("created_by"),
            createdByName: try row.decode("created_by_name"),
            createdAt: try row.decode("created_at"),
            readyAt: try row.decode("ready_at")
        )
    }
}
