import FoundationEssentials
import JSON
import Postgres

/// The SQL of hosts.
enum HostQueries {
    /// What `Host(row:)` reads; the sealed kubeconfig is not among it.
    private static let columns: SQL = """
        h.id AS host_id, h.name, h.driver, h.settings, h.accepts_new, h.state, h.state_message, h.kubernetes_version,
        h.helm_version, h.checked_at, h.kubeconfig_sealed IS NOT NULL AS has_credentials, h.snapshot_storage, h.version,
        h.created_at, h.updated_at
        """

    /// One host by primary key.
    static func byID(_ id: HostID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM hosts AS h
        WHERE h.id = \(id)
        """
    }

    /// One host, locked against other changes until the end of the transaction.
    static func byIDForUpdate(_ id: HostID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE"
    }

    /// One host by name; index `hosts_name_is_unique`.
    static func byName(_ name: String) -> SQL {
        """
        SELECT \(sql: columns)
        FROM hosts AS h
        WHERE h.name = \(name)
        """
    }

    /// A page of hosts by name; index `hosts_name_is_unique`.
    static func page(acceptingNew: Bool?, after name: String?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM hosts AS h
        WHERE h.name > \(name ?? "") AND (\(acceptingNew)::boolean IS NULL OR h.accepts_new = \(acceptingNew))
        ORDER BY h.name
        LIMIT \(rowsMax)
        """
    }

    /// The sealed kubeconfig of one host.
    static func sealed(_ id: HostID) -> SQL {
        """
        SELECT kubeconfig_sealed, kubeconfig_key_id
        FROM hosts
        WHERE id = \(id)
        """
    }

    /// Adds a host; violates `hosts_name_is_unique`.
    static func insert(_ host: Host, sealed: SealedSecret?, createdBy: UserID?) -> SQL {
        """
        INSERT INTO hosts (id, name, driver, settings, accepts_new, kubeconfig_sealed, kubeconfig_key_id, created_by,
            created_at, updated_at)
        VALUES (\(host.id), \(host.name), \(host.driver), \(host.settings.json), \(host.acceptsNew), \(sealed?.bytes),
            \(sealed?.keyID), \(createdBy), \(host.createdAt), \(host.createdAt))
        """
    }

    /// Writes the changeable fields and returns the host; violates `hosts_name_is_unique`.
    ///
    /// The connection counts as unchecked afterwards: what was found may no longer hold.
    static func update(_ host: Host, at time: Date) -> SQL {
        """
        UPDATE hosts AS h
        SET name = \(host.name), settings = \(host.settings.json), accepts_new = \(host.acceptsNew),
            state = 'unchecked', state_message = '', version = h.version + 1, updated_at = \(time)
        WHERE h.id = \(host.id)
        RETURNING \(sql: columns)
        """
    }

    /// Replaces the sealed kubeconfig.
    static func updateSealed(_ id: HostID, to sealed: SealedSecret?) -> SQL {
        """
        UPDATE hosts
        SET kubeconfig_sealed = \(sealed?.bytes), kubeconfig_key_id = \(sealed?.keyID)
        WHERE id = \(id)
        """
    }

    /// Writes what a check found, unless the host has changed since it began, and returns the host.
    static func updateState(_ id: HostID, version: Int64, to finding: HostFinding, at time: Date) -> SQL {
        """
        UPDATE hosts AS h
        SET state = \(finding.state), state_message = \(finding.message),
            kubernetes_version = coalesce(\(finding.kubernetesVersion), h.kubernetes_version),
            helm_version = coalesce(\(finding.helmVersion), h.helm_version), checked_at = \(time)
        WHERE h.id = \(id) AND h.version = \(version)
        RETURNING \(sql: columns)
        """
    }

    /// The sealed URL of a host's snapshot storage: `sealed` and `key_id`.
    static func sealedSnapshotStorage(_ id: HostID) -> SQL {
        """
        SELECT snapshot_storage_sealed AS sealed, snapshot_storage_key_id AS key_id
        FROM hosts
        WHERE id = \(id)
        """
    }

    /// Replaces the snapshot storage of a host: what is shown of it, and all of it, sealed.
    static func updateSnapshotStorage(_ id: HostID, to address: String?, sealed: SealedSecret?) -> SQL {
        """
        UPDATE hosts
        SET snapshot_storage = \(address), snapshot_storage_sealed = \(sealed?.bytes),
            snapshot_storage_key_id = \(sealed?.keyID)
        WHERE id = \(id)
        """
    }

    /// Removes a host; violates a foreign key while vclusters are on it.
    static func delete(_ id: HostID) -> SQL {
        """
        DELETE FROM hosts
        WHERE id = \(id)
        """
    }

    /// Hosts that have anything sealed with another key, locked, at most `rowsMax`.
    static func sealedWithOtherKey(than keyID: String, rowsMax: Int) -> SQL {
        """
        SELECT h.id AS host_id, h.kubeconfig_sealed, h.kubeconfig_key_id, h.snapshot_storage,
            h.snapshot_storage_sealed AS sealed, h.snapshot_storage_key_id AS key_id
        FROM hosts AS h
        WHERE h.kubeconfig_key_id <> \(keyID) OR h.snapshot_storage_key_id <> \(keyID)
        ORDER BY h.id
        LIMIT \(rowsMax)
        FOR NO KEY UPDATE SKIP LOCKED
        """
    }
}

/// What a check of the connection found, as it is stored.
struct HostFinding: Sendable, Hashable {
    var state: HostState
    var message: String
    var kubernetesVersion: String?
    var helmVersion: String?
}

extension HostDriverKind: PostgresCodable {}
extension HostState: PostgresCodable {}

extension Host {
    /// Reads the columns of `HostQueries`.
    init(row: PostgresRow) throws {
        let driver: HostDriverKind = try row.decode("driver")
        self.init(
            id: try row.decode("host_id"),
            name: try row.decode("name"),
            settings: HostSettings(stored: try row.decode("settings"), driver: driver),
            acceptsNew: try row.decode("accepts_new"),
            state: try row.decode("state"),
            stateMessage: try row.decode("state_message"),
            kubernetesVersion: try row.decode("kubernetes_version"),
            helmVersion: try row.decode("helm_version"),
            checkedAt: try row.decode("checked_at"),
            hasCredentials: try row.decode("has_credentials"),
            snapshotStorage: try row.decode("snapshot_storage"),
            version: try row.decode("version"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}

extension SealedSecret {
    /// Reads a sealed snapshot storage; nil when there is none.
    init?(snapshotStorage row: PostgresRow) throws {
        guard let bytes = try row.decode("sealed", as: [UInt8]?.self),
            let keyID = try row.decode("key_id", as: String?.self)
        else { return nil }
        self.init(keyID: keyID, bytes: bytes)
    }

    /// Reads a sealed kubeconfig; nil when there is none.
    init?(row: PostgresRow) throws {
        guard let bytes = try row.decode("kubeconfig_sealed", as: [UInt8]?.self),
            let keyID = try row.decode("kubeconfig_key_id", as: String?.self)
        else { return nil }
        self.init(keyID: keyID, bytes: bytes)
    }
}
