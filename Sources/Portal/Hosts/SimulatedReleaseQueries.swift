import FoundationEssentials
import JSON
public import Postgres

extension SimulatedRelease.State: PostgresCodable {}

/// The statements on `simulated_releases`.
enum SimulatedReleaseQueries {
    private static let columns: SQL = """
        host_id, namespace, release, vcluster_id, state, ready_at, replicas, pods, cpu_millicores, memory_bytes,
        storage_bytes, generation, install_count, chart_version, kubernetes_version, labels, spec, created_at,
        updated_at
        """

    /// One row or none, by the primary key.
    static func get(_ hostID: HostID, _ namespace: String) -> SQL {
        """
        SELECT \(sql: columns)
        FROM simulated_releases
        WHERE host_id = \(hostID) AND namespace = \(namespace)
        """
    }

    /// Inserts a release or overwrites it and counts the install: the row as it is then, or none when the namespace
    /// belongs to another vcluster.
    static func install(_ release: SimulatedRelease, at now: Date) -> SQL {
        """
        INSERT INTO simulated_releases AS s (
            host_id, vcluster_id, cpu_millicores, memory_bytes, storage_bytes, generation, created_at, updated_at,
            ready_at, replicas, pods, state, namespace, release, chart_version, kubernetes_version, labels, spec
        ) VALUES (
            \(release.hostID), \(release.vclusterID), \(release.cpuMillicores), \(release.memoryBytes),
            \(release.storageBytes), \(release.generation), \(now), \(now), \(release.readyAt), \(release.replicas),
            \(release.pods), \(release.state), \(release.namespace), \(release.release), \(release.chartVersion),
            \(release.kubernetesVersion), \(JSONValue(strings: release.labels)), \(release.spec)
        )
        ON CONFLICT (host_id, namespace) DO UPDATE SET
            vcluster_id = excluded.vcluster_id,
            cpu_millicores = excluded.cpu_millicores,
            memory_bytes = excluded.memory_bytes,
            storage_bytes = excluded.storage_bytes,
            generation = excluded.generation,
            updated_at = excluded.updated_at,
            ready_at = excluded.ready_at,
            replicas = excluded.replicas,
            pods = excluded.pods,
            install_count = s.install_count + 1,
            state = excluded.state,
            release = excluded.release,
            chart_version = excluded.chart_version,
            kubernetes_version = excluded.kubernetes_version,
            labels = excluded.labels,
            spec = excluded.spec
        WHERE s.vcluster_id IS NOT DISTINCT FROM excluded.vcluster_id
        RETURNING \(sql: columns)
        """
    }

    /// Changes the state of a release that is not in it yet: the row as it is then, or none.
    static func setState(
        _ hostID: HostID,
        _ namespace: String,
        _ state: SimulatedRelease.State,
        readyAt: Date,
        at now: Date
    ) -> SQL {
        """
        UPDATE simulated_releases SET state = \(state), ready_at = \(readyAt), updated_at = \(now)
        WHERE host_id = \(hostID) AND namespace = \(namespace) AND state <> \(state)
        RETURNING \(sql: columns)
        """
    }

    /// Merges members into the memory of a release.
    static func remember(_ hostID: HostID, _ namespace: String, _ members: JSONValue, at now: Date) -> SQL {
        """
        UPDATE simulated_releases SET spec = spec || \(members), updated_at = \(now)
        WHERE host_id = \(hostID) AND namespace = \(namespace)
        """
    }

    /// Gives a release without an owner to a vcluster: the row as it is then, or none.
    static func adopt(_ hostID: HostID, _ namespace: String, by vclusterID: VClusterID, at now: Date) -> SQL {
        """
        UPDATE simulated_releases SET vcluster_id = \(vclusterID), updated_at = \(now)
        WHERE host_id = \(hostID) AND namespace = \(namespace)
            AND (vcluster_id IS NULL OR vcluster_id = \(vclusterID))
        RETURNING \(sql: columns)
        """
    }

    /// Removes a release.
    static func delete(_ hostID: HostID, _ namespace: String) -> SQL {
        "DELETE FROM simulated_releases WHERE host_id = \(hostID) AND namespace = \(namespace)"
    }

    /// The releases of a host by namespace, at most `limit` after one; by the primary key.
    static func list(_ hostID: HostID, after namespace: String, limit: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM simulated_releases
        WHERE host_id = \(hostID) AND namespace > \(namespace)
        ORDER BY namespace
        LIMIT \(limit)
        """
    }

    /// Takes the lock of installs on a host until the end of the transaction: no row that matters.
    ///
    /// A statement of its own: what the next one counts then has what earlier holders have installed.
    static func lock(_ hostID: HostID) -> SQL {
        "SELECT pg_advisory_xact_lock(7165, hashtext(\(hostID)::text))"
    }

    /// One row of sums over the releases of a host; paused ones count with their storage only.
    static func totals(_ hostID: HostID) -> SQL {
        """
        SELECT count(*) AS releases,
            coalesce(sum(cpu_millicores) FILTER (WHERE state = 'running'), 0)::bigint AS cpu_millicores,
            coalesce(sum(memory_bytes) FILTER (WHERE state = 'running'), 0)::bigint AS memory_bytes,
            coalesce(sum(storage_bytes), 0)::bigint AS storage_bytes,
            coalesce(sum((spec ->> 'gpus')::bigint) FILTER (WHERE state = 'running'), 0)::bigint AS gpus,
            coalesce(sum(pods) FILTER (WHERE state = 'running'), 0)::bigint AS pods
        FROM simulated_releases
        WHERE host_id = \(hostID)
        """
    }
}

extension SimulatedRelease {
    /// Reads the columns of `SimulatedReleaseQueries`.
    init(row: PostgresRow) throws {
        self.init(
            hostID: try row.decode("host_id"),
            namespace: try row.decode("namespace"),
            release: try row.decode("release"),
            vclusterID: try row.decode("vcluster_id"),
            state: try row.decode("state"),
            readyAt: try row.decode("ready_at"),
            replicas: try row.decode("replicas"),
            pods: try row.decode("pods"),
            cpuMillicores: try row.decode("cpu_millicores"),
            memoryBytes: try row.decode("memory_bytes"),
            storageBytes: try row.decode("storage_bytes"),
            generation: try row.decode("generation"),
            chartVersion: try row.decode("chart_version"),
            kubernetesVersion: try row.decode("kubernetes_version"),
            labels: try row.decode("labels", as: JSONValue.self).stringMembers,
            spec: try row.decode("spec")
        )
        installCount = try row.decode("install_count")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }
}
