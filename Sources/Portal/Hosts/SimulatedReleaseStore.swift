public import FoundationEssentials
public import JSON
public import Postgres

/// The memory of simulated hosts, in the portal's database: a restarted server and a second one see the same host.
///
/// Decides nothing: latency, failures, room and usage are the driver's. Every operation is idempotent.
public struct SimulatedReleaseStore: Sendable {
    private let database: ScopedDatabase
    private let time: any TimeSource

    /// The most releases that one list answers.
    public static let listMax = 20_000

    /// Makes a store.
    public init(database: PostgresDatabase, time: any TimeSource) {
        self.database = PortalDatabase(database).elevated(for: .simulatedHosts)
        self.time = time
    }

    /// The release in a namespace; nil when there is none.
    ///
    /// - Throws: `PostgresError`.
    public func get(host hostID: HostID, namespace: String) async throws -> SimulatedRelease? {
        try await one(SimulatedReleaseQueries.get(hostID, namespace))
    }

    /// Installs a release, or upgrades the one in its namespace, and counts it.
    ///
    /// - Parameters:
    ///   - release: The release.
    ///   - check: Looks at what the host carries by then and throws when it has no room; no other install or resume of
    ///     the host comes between.
    /// - Returns: The release as it is then; nil when the namespace belongs to another vcluster.
    /// - Throws: `PostgresError`; what `check` throws.
    public func install(
        _ release: SimulatedRelease,
        checking check: @escaping @Sendable (SimulatedTotals) throws -> Void = { _ in }
    ) async throws -> SimulatedRelease? {
        let install = SimulatedReleaseQueries.install(release, at: time.now())
        return try await checked(host: release.hostID, check, then: install)
    }

    /// Begins to resume a paused release.
    ///
    /// - Parameters:
    ///   - hostID: The host.
    ///   - namespace: The namespace of the release.
    ///   - readyAt: When it will run.
    ///   - check: As for `install`.
    /// - Throws: `PostgresError`; what `check` throws.
    public func resume(
        host hostID: HostID,
        namespace: String,
        readyAt: Date,
        checking check: @escaping @Sendable (SimulatedTotals) throws -> Void
    ) async throws {
        let resume = SimulatedReleaseQueries.setState(hostID, namespace, .running, readyAt: readyAt, at: time.now())
        _ = try await checked(host: hostID, check, then: resume)
    }

    private func checked(
        host hostID: HostID,
        _ check: @escaping @Sendable (SimulatedTotals) throws -> Void,
        then statement: SQL
    ) async throws -> SimulatedRelease? {
        try await database.transaction { transaction in
            let results = try await transaction.pipeline([
                SimulatedReleaseQueries.lock(hostID), SimulatedReleaseQueries.totals(hostID),
            ])
            try check(try Self.totals(results[1]))
            return try await transaction.query(statement).first.map { try SimulatedRelease(row: $0) }
        }
    }

    /// Begins to pause, to resume, or to remove a release.
    ///
    /// - Parameters:
    ///   - state: The state it goes to; one that it has already is left alone, `readyAt` too.
    ///   - hostID: The host.
    ///   - namespace: The namespace of the release.
    ///   - readyAt: When the change will be complete.
    /// - Returns: The release as it is then; nil when there is none.
    /// - Throws: `PostgresError`.
    public func set(
        _ state: SimulatedRelease.State,
        host hostID: HostID,
        namespace: String,
        readyAt: Date
    ) async throws -> SimulatedRelease? {
        let changed = try await one(
            SimulatedReleaseQueries.setState(hostID, namespace, state, readyAt: readyAt, at: time.now())
        )
        if let changed { return changed }
        return try await get(host: hostID, namespace: namespace)
    }

    /// Writes members into the memory of a release; does nothing when there is none.
    ///
    /// - Throws: `PostgresError`.
    public func remember(_ members: JSONObject, host hostID: HostID, namespace: String) async throws {
        try await database.execute(
            SimulatedReleaseQueries.remember(hostID, namespace, .object(members), at: time.now())
        )
    }

    /// Gives a release that nobody owns to a vcluster.
    ///
    /// - Returns: The release as it is then; nil when there is none or another vcluster owns it.
    /// - Throws: `PostgresError`.
    public func adopt(
        host hostID: HostID,
        namespace: String,
        by vclusterID: VClusterID
    ) async throws -> SimulatedRelease? {
        try await one(SimulatedReleaseQueries.adopt(hostID, namespace, by: vclusterID, at: time.now()))
    }

    /// Removes a release; one that is not there is fine.
    ///
    /// - Throws: `PostgresError`.
    public func delete(host hostID: HostID, namespace: String) async throws {
        try await database.execute(SimulatedReleaseQueries.delete(hostID, namespace))
    }

    /// The releases of a host by namespace, at most `limit` after one.
    ///
    /// - Throws: `PostgresError`.
    public func list(
        host hostID: HostID,
        after namespace: String = "",
        limit: Int = listMax
    ) async throws -> [SimulatedRelease] {
        try await database.query(SimulatedReleaseQueries.list(hostID, after: namespace, limit: limit))
            .map { try SimulatedRelease(row: $0) }
    }

    /// What all releases of a host take together.
    ///
    /// - Throws: `PostgresError`.
    public func totals(host hostID: HostID) async throws -> SimulatedTotals {
        try Self.totals(try await database.query(SimulatedReleaseQueries.totals(hostID)))
    }

    private static func totals(_ rows: [PostgresRow]) throws -> SimulatedTotals {
        guard let row = rows.first else { return SimulatedTotals(releases: 0, requested: ResourceAmounts()) }
        return SimulatedTotals(
            releases: try row.decode("releases"),
            requested: ResourceAmounts(
                cpuMillicores: try row.decode("cpu_millicores"),
                memoryBytes: try row.decode("memory_bytes"),
                storageBytes: try row.decode("storage_bytes"),
                gpus: try row.decode("gpus"),
                pods: try row.decode("pods")
            )
        )
    }

    private func one(_ statement: SQL) async throws -> SimulatedRelease? {
        try await database.query(statement).first.map { try SimulatedRelease(row: $0) }
    }
}
