import Foundation
import JSON
import Portal
import Postgres
import Synchronization
import Testing

/// 64 clients change vclusters at random on two servers, one of which is killed again and again: no level is ever over its
/// limit, and afterwards counters are exactly what is reserved.
///
/// Short in the suite; `make quota-chaos SECONDS_EACH=60` runs it as long as the issue asks for and keeps the figures.
@Suite(.timeLimit(.minutes(15)))
struct QuotaChaosTests {
    private static let clients = 64

    private static func setting(_ name: String, _ value: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
    }

    /// What the samples saw.
    private struct Samples: Sendable {
        var count = 0
        var over = 0
        var drifted = 0
        var stray = 0
        var mostUsed: Int64 = 0
        var longestGap = Duration.zero
    }

    @Test func chaos_neverOvershootsAndLosesNothing() async throws {
        let length = Duration.seconds(Self.setting("QUOTA_CHAOS_SECONDS", 8))
        let rhythm = Duration.seconds(Self.setting("QUOTA_CHAOS_KILL_SECONDS", 4))
        try await Site.with(latencyMilliseconds: 3) { site in
            var running = [try await site.start(Self.environment), try await site.start(Self.environment)]
            defer { running.forEach { $0.process.kill() } }
            let admin = APIClient(url: running[0].url, token: site.adminToken)
            let tree = try await ChaosTree.make(at: site, by: admin)
            let servers = ChaosServers(running.map(\.url))
            let shared = ChaosClient.Shared()
            let samples = Mutex(Samples())
            let end = ContinuousClock.now + length

            let sampling = Task { try await Self.sample(site.database, into: samples) }
            let working = Task { await Self.work(site.adminToken, servers, tree, shared, until: end) }
            var kills = 0
            while ContinuousClock.now + rhythm < end {
                try await Task.sleep(for: rhythm)  // polls nothing: the rhythm of the kills
                let victim = kills % 2
                running[victim].process.kill()
                servers.set(nil, at: victim)
                running[victim] = try await site.start(Self.environment)
                servers.set(running[victim].url, at: victim)
                kills += 1
            }
            await working.value
            try await site.poll("the end of all operations") {
                let row = try await site.row("SELECT count(*) AS open FROM operations WHERE finished_at IS NULL")
                return try row.decode("open", as: Int64.self) == 0 ? true : nil
            }
            sampling.cancel()
            _ = await sampling.result

            let tally = shared.tally.withLock { $0 }
            let seen = samples.withLock { $0 }
            try Self.report(tally, seen, kills: kills, length: length)
            let last = try await site.row(ChaosTree.sample)
            #expect(try last.decode("drift", as: Int64.self) == 0, "counters are what is reserved")
            #expect(
                try last.decode("stray", as: Int64.self) == 0,
                "every vcluster has its reservation and no other has"
            )
            #expect(seen.over == 0 && seen.drifted == 0 && seen.stray == 0)
            #expect(seen.count > Int(length / .seconds(1)), "sampled often enough to mean something")
            #expect(tally.unexpected.isEmpty, "\(tally.unexpected.prefix(5))")
            #expect(tally.admitted["create", default: 0] > 20 && tally.refused["create", default: 0] > 0)
            #expect(kills > 0)
        }
    }

    private static let environment = [
        "PORTAL_WORKERS": "12", "PORTAL_LEASE_SECONDS": "2", "PORTAL_DATABASE_POOL": "10",
    ]

    private static func work(
        _ token: String,
        _ servers: ChaosServers,
        _ tree: ChaosTree,
        _ shared: ChaosClient.Shared,
        until end: ContinuousClock.Instant
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<clients {
                let client = ChaosClient(number: number, token: token, servers: servers, tree: tree, tally: shared)
                group.addTask { await client.run(until: end) }
            }
        }
    }

    private static func sample(_ database: PostgresDatabase, into samples: borrowing Mutex<Samples>) async throws {
        let clock = ContinuousClock()
        var last = clock.now
        var next = clock.now
        while !Task.isCancelled {
            guard let row = try await database.query(ChaosTree.sample).first else { continue }
            let now = clock.now
            let over = try row.decode("over", as: Int64.self) > 0
            let drifted = try row.decode("drift", as: Int64.self) > 0
            let stray = try row.decode("stray", as: Int64.self) > 0
            let used = try row.decode("used", as: Int64.self)
            samples.withLock { samples in
                samples.count += 1
                samples.over += over ? 1 : 0
                samples.drifted += drifted ? 1 : 0
                samples.stray += stray ? 1 : 0
                samples.mostUsed = max(samples.mostUsed, used)
                samples.longestGap = max(samples.longestGap, now - last)
            }
            last = now
            next = max(next + .milliseconds(50), now)
            try await Task.sleep(until: next, clock: clock)  // polls the database
        }
    }

    /// Leaves the figures where `scripts/quota-chaos` picks them up.
    private static func report(
        _ tally: ChaosClient.Tally,
        _ samples: Samples,
        kills: Int,
        length: Duration
    ) throws {
        guard let path = ProcessInfo.processInfo.environment["QUOTA_CHAOS_REPORT"] else { return }
        func line(_ counts: [String: Int]) -> String {
            let verbs = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            return "\(counts.values.reduce(0, +)) (\(verbs))"
        }
        let text = """
            clients \(clients), \(length.components.seconds) s, kills \(kills)
            admitted   \(line(tally.admitted))
            refused    \(line(tally.refused))
            conflicts  \(tally.conflicts)
            broken     \(tally.broken)
            unexpected \(tally.unexpected.count)
            samples    \(samples.count), longest gap \(Int(samples.longestGap / .milliseconds(1))) ms
            violations \(samples.over) over a limit, \(samples.drifted) with drift, \(samples.stray) with strays
            most used  \(samples.mostUsed) of 90 vclusters at the root

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
