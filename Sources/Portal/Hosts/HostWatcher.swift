import FoundationEssentials
import Logging
import Postgres
public import ServiceLifecycle

/// Asks hosts what they offer and writes it down, for admissions and for people.
///
/// Several servers share the round, because taking a host marks it. A host that does not answer, or that has no node that is
/// ready at the moment, keeps what it told last; the age of that is in the API.
public struct HostWatcher: Service {
    let database: ScopedDatabase
    let time: any TimeSource
    let hosts: HostConnections
    let limits: PortalLimits
    let logger: Logger

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await repeatPasses(of: "host watcher", every: limits.hosts.capacityPause, logger: logger) {
            _ = try await runOnce()
        }
    }

    /// Asks one batch of hosts.
    ///
    /// - Returns: How many answered.
    public func runOnce() async throws -> Int {
        let now = time.now()
        let due = HostRoomQueries.toRead(
            before: now.advanced(by: .zero - limits.hosts.capacityInterval),
            at: now,
            limit: limits.hosts.capacityBatch
        )
        let ids = try await database.query(due).map { try $0.decode("id", as: HostID.self) }
        return await withTaskGroup(of: Bool.self) { group in
            for id in ids { group.addTask { await read(id) } }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
    }

    private func read(_ id: HostID) async -> Bool {
        do {
            let capacity = try await withTimeout(limits.hosts.checkTimeout) { [hosts] in
                try await hosts.driver(of: id).capacity()
            }
            guard capacity.nodes > 0 else {
                // Its nodes may be back in a minute; taken for a host without room, it would lose all batch vclusters.
                logger.warning("a host has no node that is ready", metadata: ["host": "\(id)"])
                return false
            }
            try await database.execute(HostRoomQueries.store(capacity, of: id, at: time.now()))
            return true
        } catch {
            logger.info("the capacity of a host could not be read", metadata: ["host": "\(id)", "error": "\(error)"])
            return false
        }
    }
}
