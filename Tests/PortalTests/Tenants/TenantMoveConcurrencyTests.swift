import Foundation
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Moves beside everything else that writes by a path: whatever the order, the paths are those of the parents.
struct TenantMoveConcurrencyTests {
    @Test func moves_andCreatesBelow_leaveAWholeTree() async throws {
        try await TestDatabase.withLease(configure: { $0.poolSize = 12 }) { lease in
            let database = lease.database
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let places = [acme.engineering, acme.data, acme.platform]

            try await withThrowingTaskGroup(of: Void.self) { group in
                for mover in 0..<3 {
                    group.addTask {
                        for turn in 0..<12 {
                            let parent = places[(mover + turn) % places.count]
                            _ = try await tenants.move(acme.payments.id, to: parent.id, as: acme.admin)
                        }
                    }
                }
                for maker in 0..<6 {
                    group.addTask {
                        var parent = acme.payments.id
                        for turn in 0..<12 {
                            let name = "team \(maker)-\(turn)"
                            let made = try await tenants.create(name: name, parentID: parent, as: acme.admin)
                            // Now beside, now below: depth 8 is out of reach for a chain of three.
                            parent = turn.isMultiple(of: 3) ? made.id : acme.payments.id
                        }
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await Self.brokenPaths(in: database) == 0)
            let count = try await database.query("SELECT count(*) AS count FROM tenants").first
            #expect(try count?.decode("count", as: Int.self) == 5 + 72)
        }
    }

    @Test func crossedMoves_makeNoCycle() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            for _ in 0..<8 {
                // Each below the other at the same time: one has to lose.
                async let first = try? tenants.move(acme.engineering.id, to: acme.data.id, as: acme.admin)
                async let second = try? tenants.move(acme.data.id, to: acme.engineering.id, as: acme.admin)
                let results = await [first, second].compactMap { $0 }

                #expect(results.count == 1)
                #expect(try await Self.brokenPaths(in: database) == 0)
                for id in [acme.engineering.id, acme.data.id] {
                    _ = try await tenants.move(id, to: acme.root.id, as: acme.admin)
                }
            }
        }
    }

    @Test func archiving_andCreatingBelow_doNotBothSucceed() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            for turn in 0..<8 {
                let team = try await tenants.create(name: "team \(turn)", parentID: acme.data.id, as: acme.admin)
                async let archived = try? tenants.archive(team.id, as: acme.admin)
                async let child = try? tenants.create(name: "child", parentID: team.id, as: acme.admin)

                let (first, second) = await (archived, child)

                #expect((first == nil) != (second == nil))
            }
        }
    }

    /// How many tenants have a path that is not their parent's with their own id behind it.
    private static func brokenPaths(in database: PostgresDatabase) async throws -> Int {
        let row = try await database.query(
            """
            SELECT count(*) AS count
            FROM tenants AS t
            JOIN tenants AS p ON p.id = t.parent_id
            WHERE t.path IS DISTINCT FROM p.path || t.id
            """
        ).first
        return try row?.decode("count") ?? -1
    }
}
