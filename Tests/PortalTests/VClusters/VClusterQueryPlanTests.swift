import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// What the hot statements cost on 10,000 vclusters: by the plan, so that a slow machine changes nothing.
struct VClusterQueryPlanTests {
    /// Blocks of 8 KiB that a page of fifty may touch; the table alone has about a thousand.
    static let buffersMax = 400

    @Test func list_costsThePageAndNotTheTable() async throws {
        try await Engine.with(workers: 0) { engine in
            try await Self.fill(engine, count: 10_000)
            let payments = TenantScope.tenants([engine.acme.payments.id])
            let department = TenantScope.tenants([
                engine.acme.engineering.id, engine.acme.payments.id, engine.acme.platform.id,
            ])
            let deep = try await Self.id(at: 9000, in: engine)
            let cases: [(name: String, filter: VClusterFilter, scope: TenantScope, cursor: VClusterID?)] = [
                ("admin, first page", VClusterFilter(), .everything, nil),
                ("admin, page 180", VClusterFilter(), .everything, deep),
                ("one team, first page", VClusterFilter(), payments, nil),
                ("one team, deep page", VClusterFilter(), payments, deep),
                ("a department, first page", VClusterFilter(), department, nil),
                ("a department, deep page", VClusterFilter(), department, deep),
                ("admin, running", VClusterFilter(phases: [.running]), .everything, nil),
                ("one team, running", VClusterFilter(phases: [.running]), payments, nil),
                ("admin, one host", VClusterFilter(hostID: engine.hostID), .everything, deep),
            ]
            for plan in cases {
                let statement = VClusterListQueries.list(plan.filter, scope: plan.scope, after: plan.cursor, limit: 51)

                let cost = try await QueryPlan.explain(statement, in: engine.database)

                #expect(cost.rows == 51, "\(plan.name)")
                #expect(!cost.sequentialScans.contains("vclusters"), "\(plan.name): \(cost.text)")
                #expect(cost.buffers < Self.buffersMax, "\(plan.name): \(cost.buffers) buffers\n\(cost.text)")
            }
        }
    }

    @Test func counts_readTheTableAtMostOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            try await Self.fill(engine, count: 10_000)

            let cost = try await QueryPlan.explain(VClusterListQueries.counts(scope: .everything), in: engine.database)

            // An index-only scan after a vacuum, a scan of the table before it: both take a few milliseconds.
            #expect(cost.buffers < 1500, "\(cost.text)")
        }
    }

    @Test func queues_useTheirIndexes() async throws {
        try await Engine.with(workers: 0) { engine in
            try await Self.fill(engine, count: 10_000)
            let now = engine.time.now()
            let statements: [(name: String, statement: SQL)] = [
                (
                    "claim due",
                    OperationLeaseQueries.claimDue(owner: "x", at: now, until: now, limit: 4)
                ),
                (
                    "claim expired",
                    OperationLeaseQueries.claimExpired(owner: "x", at: now, until: now, limit: 4)
                ),
                ("purge", ReaperQueries.toPurge(at: now, limit: 20)),
                ("expire", ReaperQueries.toExpire(at: now, retrying: now, limit: 20)),
                ("operations", OperationListQueries.list(OperationFilter(), scope: .everything, after: nil, limit: 51)),
                ("changes", ChangeQueries.read(after: .start, limit: 500)),
            ]
            for (name, statement) in statements {
                let cost = try await QueryPlan.explain(statement, in: engine.database)

                #expect(
                    cost.sequentialScans.isDisjoint(with: ["vclusters", "operations", "changes"]),
                    "\(name): \(cost.text)"
                )
            }
        }
    }

    /// Inserts vclusters the way the table looks after years: most run, in three tenants, with specs of some size.
    private static func fill(_ engine: Engine, count: Int) async throws {
        let acme = engine.acme
        let spec = try VClusterSpec(validating: VClusterSpecTests.good[7]).json
        try await engine.database.execute(
            """
            INSERT INTO vclusters (
                id, tenant_id, host_id, created_at, updated_at, replicas, name, namespace, release, phase, reason,
                environment, qos_class, spec, labels
            )
            SELECT ('018f0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid,
                (\([acme.payments.id, acme.platform.id, acme.data.id])::uuid[])[1 + number % 3], \(engine.hostID),
                \(engine.time.now()), \(engine.time.now()), 1, 'c' || number, 'n' || number, 'c' || number,
                CASE WHEN number % 10 = 0 THEN 'SUSPENDED' WHEN number % 97 = 0 THEN 'ERROR' ELSE 'RUNNING' END,
                CASE WHEN number % 97 = 0 THEN 'Timeout' END,
                'dev', 'burstable', \(spec), jsonb_build_object('number', number::text)
            FROM generate_series(1, \(count)) AS number
            """
        )
        try await engine.database.execute(
            """
            INSERT INTO operations (
                id, tenant_id, vcluster_id, generation, created_at, run_at, deadline_at, finished_at, progress, verb,
                state, vcluster_name, created_by_name
            )
            SELECT id, tenant_id, id, 1, created_at, created_at, created_at, created_at, 100, 'create', 'succeeded',
                name, 'test'
            FROM vclusters
            """
        )
        try await engine.database.execute(
            """
            INSERT INTO changes (object_id, vcluster_id, tenant_id, created_at, kind, type)
            SELECT id, id, tenant_id, created_at, 'vcluster', 'ADDED' FROM vclusters
            """
        )
        try await engine.database.execute("ANALYZE")
    }

    private static func id(at number: Int, in engine: Engine) async throws -> VClusterID {
        let row = try await engine.database.query(
            "SELECT id FROM vclusters ORDER BY id DESC OFFSET \(number) LIMIT 1"
        ).first
        return try #require(row).decode("id")
    }
}

/// What EXPLAIN says about a statement that was run.
struct QueryPlan {
    var rows: Int
    var buffers: Int
    var sequentialScans: Set<String>
    var text: String

    /// Runs a statement and takes its plan apart; its effects are rolled back.
    static func explain(_ statement: SQL, in database: PostgresDatabase) async throws -> QueryPlan {
        let rows = try await database.query("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(sql: statement)")
        let json: JSONValue = try #require(rows.first).decode("QUERY PLAN")
        let root = try #require(json[0]?["Plan"])
        var plan = QueryPlan(
            rows: Int(root["Actual Rows"]?.double ?? 0),
            buffers: Int((root["Shared Hit Blocks"]?.int ?? 0) + (root["Shared Read Blocks"]?.int ?? 0)),
            sequentialScans: [],
            text: json.encodedString(pretty: true)
        )
        plan.visit(root)
        return plan
    }

    private mutating func visit(_ node: JSONValue) {
        if node["Node Type"]?.string == "Seq Scan", let table = node["Relation Name"]?.string {
            sequentialScans.insert(table)
        }
        for child in node["Plans"]?.array ?? [] { visit(child) }
    }
}
