import FoundationEssentials
import Postgres

/// The SQL of what is reserved on hosts.
enum HostRoomQueries {
    /// Takes the lock of admissions on a host until the end of the transaction: no row that matters.
    ///
    /// Before the lock of the quotas, so that counting a large host keeps nobody waiting but those who want the same one.
    static func lock(_ id: HostID) -> SQL {
        "SELECT host_lock(\(id))"
    }

    /// Settings and capacity of a host and what its vclusters have reserved, one of them left out: one row or none.
    ///
    /// Counts nothing where the capacity is unknown; 12 ms for 10,000 vclusters on one host, 0.6 ms for 200.
    /// Index: `vclusters_live_by_host`, then the primary key of `quota_reservations`.
    static func room(of id: HostID, without vclusterID: VClusterID?) -> SQL {
        """
        SELECT h.id, h.name, h.driver, h.settings, h.cpu_capacity, h.memory_capacity, h.capacity_at,
            l.cpu_used, l.cpu_guaranteed, l.cpu_batch, l.memory_used, l.memory_guaranteed, l.memory_batch
        FROM hosts AS h
        CROSS JOIN LATERAL host_load(
            CASE WHEN num_nulls(h.cpu_capacity, h.memory_capacity) < 2 THEN h.id END, \(vclusterID)
        ) AS l
        WHERE h.id = \(id)
        """
    }

    /// The same for every host of a page, by id.
    static func rooms(of ids: [HostID]) -> SQL {
        """
        SELECT h.id, h.name, h.driver, h.settings, h.cpu_capacity, h.memory_capacity, h.capacity_at,
            l.cpu_used, l.cpu_guaranteed, l.cpu_batch, l.memory_used, l.memory_guaranteed, l.memory_batch
        FROM hosts AS h
        CROSS JOIN LATERAL host_load(h.id, NULL) AS l
        WHERE h.id = ANY (\(ids)::uuid[])
        ORDER BY h.id
        LIMIT \(PortalLimits.Hosts.placementsMax)
        """
    }

    /// The same for all hosts, by name.
    static func all(limit: Int) -> SQL {
        """
        SELECT h.id, h.name, h.driver, h.settings, h.cpu_capacity, h.memory_capacity, h.capacity_at,
            l.cpu_used, l.cpu_guaranteed, l.cpu_batch, l.memory_used, l.memory_guaranteed, l.memory_batch
        FROM hosts AS h
        CROSS JOIN LATERAL host_load(h.id, NULL) AS l
        ORDER BY h.name
        LIMIT \(limit)
        """
    }

    /// Hosts that accept new vclusters, the best place first: real ones, then those with the fewest vclusters.
    static func placements(limit: Int) -> SQL {
        """
        SELECT h.id
        FROM hosts AS h
        CROSS JOIN LATERAL (
            SELECT count(*) AS count FROM vclusters AS v WHERE v.host_id = h.id AND v.purged_at IS NULL
        ) AS load
        WHERE h.accepts_new AND h.state <> 'failed'
        ORDER BY h.driver = 'simulated', load.count, h.name
        LIMIT \(limit)
        """
    }

    /// Takes the hosts whose capacity was read longest ago, and notes that somebody reads it now: `id`.
    ///
    /// Rows that another server has locked are skipped.
    static func toRead(before time: Date, at now: Date, limit: Int) -> SQL {
        """
        UPDATE hosts SET capacity_tried_at = \(now)
        WHERE id IN (
            SELECT id FROM hosts
            WHERE capacity_tried_at IS NULL OR capacity_tried_at < \(time)
            ORDER BY capacity_tried_at NULLS FIRST, id
            LIMIT \(limit)
            FOR NO KEY UPDATE SKIP LOCKED
        )
        RETURNING id
        """
    }

    /// Writes down what a host offers; what it did not tell stays as it was.
    static func store(_ capacity: HostCapacity, of id: HostID, at now: Date) -> SQL {
        """
        UPDATE hosts SET
            cpu_capacity = coalesce(\(capacity.allocatable.cpuMillicores), cpu_capacity),
            memory_capacity = coalesce(\(capacity.allocatable.memoryBytes), memory_capacity),
            capacity_at = \(now)
        WHERE id = \(id)
        """
    }
}

extension HostRoom {
    /// Reads the columns of `HostRoomQueries.room`.
    init(row: PostgresRow) throws {
        let settings = HostSettings(stored: try row.decode("settings"), driver: try row.decode("driver"))
        var capacity: [QuotaDimension: Int64] = [:]
        capacity[.cpu] = try row.decode("cpu_capacity", as: Int64?.self)
        capacity[.memory] = try row.decode("memory_capacity", as: Int64?.self)
        func load(_ name: String) throws -> Load {
            Load(
                used: try row.decode("\(name)_used"),
                guaranteed: try row.decode("\(name)_guaranteed"),
                batch: try row.decode("\(name)_batch")
            )
        }
        self.init(
            settings: settings.room,
            capacity: capacity,
            load: [.cpu: try load("cpu"), .memory: try load("memory")],
            observedAt: try row.decode("capacity_at")
        )
    }
}
