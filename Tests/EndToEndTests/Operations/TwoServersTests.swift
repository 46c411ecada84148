import Foundation
import Postgres
import Testing

/// Two servers on one database share the work, and nothing is done twice.
@Suite(.timeLimit(.minutes(3)))
struct TwoServersTests {
    private static let creates = 200

    /// Long enough that a busy machine does not let a lease run out: then a second claim would be right.
    private static let lease = ["PORTAL_LEASE_SECONDS": "30"]

    @Test func creates_runOnceEach_onBothServers() async throws {
        try await Site.with(latencyMilliseconds: 5) { site in
            try await recordClaims(of: site)
            async let starting = site.start(Self.lease)
            let first = try await site.start(Self.lease)
            defer { first.process.kill() }
            let second = try await starting
            defer { second.process.kill() }

            try await createAll(at: site, on: [first, second])
            try await site.poll("the end of all operations") {
                let row = try await site.row("SELECT count(*) AS open FROM operations WHERE finished_at IS NULL")
                return try row.decode("open", as: Int64.self) == 0 ? true : nil
            }

            let row = try await site.row(
                """
                SELECT (SELECT count(*) FROM simulated_releases) AS releases,
                    (SELECT sum(install_count)::bigint FROM simulated_releases) AS installs,
                    (SELECT count(*) FROM vclusters WHERE phase = 'RUNNING') AS running,
                    (SELECT count(*) FROM operations WHERE state = 'succeeded' AND attempt = 1) AS succeeded,
                    (SELECT count(*) FROM test_claims) AS claims,
                    (SELECT count(DISTINCT owner) FROM test_claims) AS owners,
                    (SELECT min(number) FROM
                        (SELECT count(*) AS number FROM test_claims GROUP BY owner) AS shares) AS smallest_share
                """
            )
            for column in ["releases", "installs", "running", "succeeded", "claims"] {
                #expect(try row.decode(column, as: Int64.self) == Int64(Self.creates), "\(column)")
            }
            #expect(try row.decode("owners", as: Int64.self) == 2)
            #expect(try row.decode("smallest_share", as: Int64.self) >= Int64(Self.creates / 10))
        }
    }

    /// Every claim of an operation leaves a row, so that none is missed between two looks.
    private func recordClaims(of site: Site) async throws {
        try await site.database.execute("CREATE TABLE test_claims (operation uuid NOT NULL, owner text NOT NULL)")
        try await site.database.execute(
            """
            CREATE FUNCTION test_claim() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO test_claims VALUES (NEW.id, NEW.lease_owner);
                RETURN NEW;
            END $$
            """
        )
        try await site.database.execute(
            """
            CREATE TRIGGER test_claim AFTER UPDATE OF lease_token ON operations
            FOR EACH ROW EXECUTE FUNCTION test_claim()
            """
        )
    }

    /// Asks both servers in turn, several requests at a time.
    private func createAll(at site: Site, on servers: [PortalProcess]) async throws {
        let clients = servers.map { site.member(of: $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.creates {
                if number >= 12 { try await group.next() }
                group.addTask { try await clients[number % 2].create("many-\(number)", at: site) }
            }
            try await group.waitForAll()
        }
    }
}
