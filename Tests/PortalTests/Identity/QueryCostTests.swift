import Foundation
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Holds the queries of every request to a cost that does not grow with the organization.
struct QueryCostTests {
    /// 10,000 tenants below one department, and as many users with a session each.
    private func grow(_ acme: TestOrganization, in database: PostgresDatabase) async throws {
        let now = Date(timeIntervalSince1970: 1_767_600_000)
        try await database.execute(
            """
            WITH made AS (SELECT gen_random_uuid() AS id, number FROM generate_series(1, 10000) AS number)
            INSERT INTO tenants (id, parent_id, name, path, created_at, updated_at)
            SELECT id, \(acme.data.id), 'team ' || number, \(acme.data.path)::uuid[] || id, \(now), \(now) FROM made
            """
        )
        try await database.execute(
            """
            INSERT INTO users (id, email, name, created_at, updated_at)
            SELECT gen_random_uuid(), 'user' || number || '@acme.example', 'User', \(now), \(now)
            FROM generate_series(1, 10000) AS number
            """
        )
        try await database.execute(
            """
            INSERT INTO sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, ends_at)
            SELECT gen_random_uuid(), id, sha256(id::text::bytea), \(now), \(now), \(now), \(now) FROM users
            """
        )
        try await database.execute(
            """
            INSERT INTO role_bindings (tenant_id, user_id, role, created_at)
            SELECT \(acme.data.id), id, 'member', \(now) FROM users WHERE email LIKE 'user%'
            """
        )
        try await database.execute(
            """
            INSERT INTO groups (id, tenant_id, name, created_at, updated_at)
            SELECT gen_random_uuid(), \(acme.data.id), 'group' || number, \(now), \(now)
            FROM generate_series(1, 500) AS number
            """
        )
        try await database.execute(
            """
            INSERT INTO group_members (group_id, user_id, source, created_at)
            SELECT g.id, u.id, 'manual', \(now)
            FROM groups AS g
            JOIN users AS u ON hashtext(u.email || g.name) % 200 = 0
            """
        )
        try await database.execute(
            """
            INSERT INTO role_bindings (tenant_id, group_id, role, created_at)
            SELECT \(acme.data.id), id, 'member', \(now) FROM groups
            """
        )
        try await database.execute(
            "ANALYZE tenants, users, sessions, role_bindings, roles, groups, group_members, api_tokens"
        )
    }

    private func cost(of query: SQL, in database: PostgresDatabase) async throws -> Double {
        let row = try #require(try await database.query("EXPLAIN (FORMAT JSON) \(sql: query)").first)
        let plan: JSONValue = try row.decode("QUERY PLAN")
        return try #require(plan[0]?["Plan"]?["Total Cost"]?.double)
    }

    @Test func hotQueries_stayCheapInALargeOrganization() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            try await grow(acme, in: database)
            let now = Date(timeIntervalSince1970: 1_767_600_000)
            let hash = [UInt8](repeating: 7, count: 32)
            let queries: [(String, SQL, Double)] = [
                ("caller of a session", SessionQueries.caller(tokenHash: hash, at: now, bindingsMax: 1000), 220),
                ("caller of a token", APITokenQueries.caller(tokenHash: hash, at: now, bindingsMax: 1000), 220),
                ("user by e-mail", UserQueries.byEmail("user7@acme.example"), 10),
                ("tenant", TenantQueries.byID(acme.payments.id), 10),
                (
                    "first tenants of everything",
                    TenantQueries.page(TenantFilter(), visibleTo: .everything, after: nil, rowsMax: 51), 20
                ),
                (
                    "choices of a small subtree",
                    TenantOutlineQueries.choices(in: .subtrees([acme.engineering.id]), rowsMax: 101), 500
                ),
                (
                    "children of the organization",
                    TenantOutlineQueries.page(
                        .children(acme.root.id),
                        roots: .everything,
                        after: nil,
                        rowsMax: 51
                    ), 800
                ),
                (
                    "the way to a team",
                    TenantOutlineQueries.lineage(of: [acme.payments.id], visibleTo: .everything, rowsMax: 8), 100
                ),
                ("members of a team", MemberQueries.page(onPath: acme.payments.path, after: nil, rowsMax: 51), 350),
            ]

            for (name, query, costMax) in queries {
                let cost = try await cost(of: query, in: database)
                #expect(cost <= costMax, "\(name) costs \(cost), the budget is \(costMax)")
            }
        }
    }
}
