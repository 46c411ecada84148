import Foundation
import JSON
import PortalTesting
import Postgres
import Testing

/// Two servers on one database share the work, and nothing is done twice.
struct TwoServersTests {
    static let creates = 200

    @Test func creates_runOnceEach_onBothServers() async throws {
        try await TestDatabase.withLease(content: .migrated) { lease in
            try await PortalProcess.run(["demo", "--without-vclusters"], database: lease.url)
            try await lease.database.execute(
                """
                UPDATE hosts SET settings = settings
                    || '{"latencyMilliseconds": 10, "capacity": {"cpu": "4000", "memory": "16Ti", "storage": "1Pi",
                         "gpus": 0, "pods": 100000}}'
                """
            )
            async let first = PortalProcess.start(database: lease.url)
            async let second = PortalProcess.start(database: lease.url)
            let servers = try await [first, second]
            defer { for server in servers { server.process.kill() } }

            let workers = try await Self.createAll(on: servers, database: lease.database)

            #expect(workers.count >= 2, "only \(workers) worked")
            let rows = try await lease.database.query(
                """
                SELECT count(*) AS releases, sum(install_count)::bigint AS installs,
                    (SELECT count(*) FROM vclusters WHERE phase = 'RUNNING') AS running,
                    (SELECT count(*) FROM operations WHERE state = 'succeeded') AS succeeded
                FROM simulated_releases
                """
            )
            let row = try #require(rows.first)
            for column in ["releases", "installs", "running", "succeeded"] {
                #expect(try row.decode(column, as: Int64.self) == Int64(Self.creates), "\(column)")
            }
        }
    }

    /// Asks both servers in turn, waits until all is done, and returns the processes that held a lease meanwhile.
    private static func createAll(on servers: [PortalProcess], database: PostgresDatabase) async throws -> Set<String> {
        let clients = try await [
            APIClient.signIn(servers[0].url, email: "member.payments@acme.example"),
            APIClient.signIn(servers[1].url, email: "member.payments@acme.example"),
        ]
        let tenant = try await clients[0].id(in: "/api/v1/tenants", where: "name", is: "Payments")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<creates {
                if number >= 16 { try await group.next() }
                group.addTask {
                    try await clients[number % 2].post(
                        "/api/v1/vclusters",
                        ["tenantId": .string(tenant), "name": .string("many-\(number)"), "spec": [:]]
                    )
                }
            }
            try await group.waitForAll()
        }
        return try await watchUntilDone(database)
    }

    private static func watchUntilDone(_ database: PostgresDatabase) async throws -> Set<String> {
        var owners: Set<String> = []
        let deadline = ContinuousClock.now + .seconds(240)
        while ContinuousClock.now < deadline {
            let rows = try await database.query(
                "SELECT DISTINCT lease_owner FROM operations WHERE lease_owner IS NOT NULL ORDER BY 1 LIMIT 100"
            )
            for row in rows {
                // A worker is named after its process; the part behind the last "/" counts workers within it.
                let owner: String = try row.decode("lease_owner")
                owners.insert(owner.split(separator: "/").first.map(String.init) ?? owner)
            }
            let left = try await database.query("SELECT count(*) AS left FROM operations WHERE finished_at IS NULL")
            if try #require(left.first).decode("left", as: Int64.self) == 0 { return owners }
            try await Task.sleep(for: .milliseconds(20))  // polls two other processes
        }
        throw APIClient.Failure(description: "operations were still open after 240 s")
    }
}
