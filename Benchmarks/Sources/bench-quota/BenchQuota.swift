import ArgumentParser
import EventLoop
import Foundation
import Logging
import Portal
import Postgres
import Synchronization

/// Admits reservations as fast as it can, through the product's pool and code.
///
/// One admission is what a create does to the quotas: a transaction in which the reservation is inserted, the counters of
/// the chain are updated, and every level is checked. Each client has a tenant of its own at the same depth; all levels above
/// are shared, so every admission meets every other at the root.
@main
struct BenchQuota: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-quota")

    @Option(help: "The database, with the tenants of the script in it.")
    var url: String
    @Option(help: "How many admissions are under way at a time.")
    var clients = 8
    @Option(help: "How long to go on.")
    var seconds = 5.0
    @Argument(help: "The ids of the tenants, one a client.")
    var tenants: [String]

    /// What the clients have seen; they share the cores, so a lock costs nothing that could be seen.
    private final class Latencies: Sendable {
        private let all = Mutex<[Double]>([])

        func add(_ some: [Double]) { all.withLock { $0 += some } }
        var sorted: [Double] { all.withLock { $0.sorted() } }
    }

    func run() async throws {
        let ids = tenants.compactMap { TenantID($0) }
        guard ids.count == clients else { throw ValidationError("\(clients) clients need as many tenants") }
        let group = try EventLoopGroup()
        let configuration = PostgresConfiguration(url: url, poolSize: clients, applicationName: "bench-quota")
        let postgres = try PostgresDatabase(configuration: configuration, group: group, logger: Logger(label: "bench"))
        let database = PortalDatabase(postgres)
        let latencies = Latencies()
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in ids {
                tasks.addTask { latencies.add(try await Self.admit(at: id, until: end, in: database)) }
            }
            try await tasks.waitForAll()
        }
        let took = (ContinuousClock.now - start) / .seconds(1)
        let sorted = latencies.sorted
        await postgres.close()
        let mean = sorted.reduce(0, +) / Double(max(1, sorted.count))
        Swift.print(
            String(
                format: "%.1f %.4f %.4f %.4f",
                Double(sorted.count) / took,
                mean,
                sorted.isEmpty ? 0 : sorted[sorted.count / 2],
                sorted.isEmpty ? 0 : sorted[sorted.count * 95 / 100]
            )
        )
    }

    /// One client; returns its latencies in milliseconds.
    private static func admit(
        at tenantID: TenantID,
        until end: ContinuousClock.Instant,
        in database: PortalDatabase
    ) async throws -> [Double] {
        var latencies: [Double] = []
        let amounts = QuotaAmounts([.vclusters: 1, .cpu: 2200, .memory: 4 << 30, .storage: 15 << 30, .pods: 20])
        while ContinuousClock.now < end {
            let begin = ContinuousClock.now
            let reservation = QuotaReservation(live: UUID(), of: amounts, at: tenantID, ownerID: nil)
            try await database.elevated(for: .quotaChain).transaction { transaction in
                try await QuotaAdmission(transaction, at: Date()).reserve(reservation)
            }
            latencies.append((ContinuousClock.now - begin) / .milliseconds(1))
        }
        return latencies
    }
}
