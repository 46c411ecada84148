import EventLoop
import JSON
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The wall of row-level security, looked at without the services that stand before it.
struct RowSecurityTests {
    /// A table name of the catalogue.
    private struct Table: SQLIdentifier, Hashable {
        let identifier: String
    }

    /// Every row of a table as text, however many columns it will have.
    private static func rows(of table: Table) -> SQL {
        "SELECT r::text AS row FROM \(identifier: table) AS r ORDER BY 1 LIMIT 10000"
    }

    /// A vcluster each in Payments and in Data, with all that belongs to them.
    private func withTwoTenants(_ body: @escaping @Sendable (Engine, PortalDatabase) async throws -> Void) async throws
    {
        try await Engine.with { engine in
            _ = try await engine.running("web")
            let change = try await engine.vclusters.create(
                NewVCluster(tenantID: engine.acme.data.id, name: "lake"),
                as: engine.acme.stranger
            )
            try await engine.reach(.running, change.vcluster.id)
            try await body(engine, PortalDatabase(engine.database))
        }
    }

    private func tables(_ database: PostgresDatabase) async throws -> [Table] {
        try await database.query(RowSecurityQueries.protectedTables).map { Table(identifier: try $0.decode("name")) }
    }

    private func rows(of table: Table, in database: some PostgresQueryable) async throws -> Set<String> {
        Set(try await database.query(Self.rows(of: table)).map { try $0.decode("row") })
    }

    @Test func everyTableOfTenants_isBehindTheWall() async throws {
        try await withDatabase { database in
            let security = try await PortalDatabase(database).rowSecurity()

            #expect(security.unprotectedTables.isEmpty, "protect them in their migration: SELECT portal_protect(…)")
            #expect(!security.isExempt, "\(security.role) sees everything")
            #expect(security.problem == nil)
            let count = try await tables(database).count
            #expect(count >= 11)
        }
    }

    @Test func newTable_isNoticed() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE budgets (id uuid PRIMARY KEY, tenant_id uuid)")
            try await database.execute("CREATE TABLE budget_lines (budget_id uuid REFERENCES budgets (id))")
            let unprotected = try await PortalDatabase(database).rowSecurity().unprotectedTables
            try await database.query("SELECT portal_protect('budgets', 'tenant_id')")
            try await database.query("SELECT portal_protect('budget_lines', 'budget_id', 'budgets')")

            #expect(unprotected == ["budget_lines", "budgets"])
            let left = try await PortalDatabase(database).rowSecurity().unprotectedTables
            #expect(left.isEmpty)
        }
    }

    /// The tables whose rows only the portal itself reads: quotas reach up to the root, answers and tokens belong to a
    /// caller.
    private static let hidden: Set = [
        "api_tokens", "idempotency_keys", "quota_counters", "quota_extended_counters", "quota_limits",
        "quota_reservations",
        "simulated_releases", "tenant_quotas",
    ]

    /// What takes too long to come about in a test: the log of a driver, loans, the report of a host, requests.
    private static func lateRows(lenders: [TenantID], borrowers: [TenantID]) -> [SQL] {
        [
            """
            INSERT INTO operation_logs (operation_id, sequence, at, step, line)
            SELECT id, 1000, now(), 'apply', 'done' FROM operations
            """,
            """
            INSERT INTO quota_loans (id, tenant_id, borrower_id, created_at, ends_at, reason)
            SELECT gen_random_uuid(), l, b, now(), now() + interval '1 day', 'test'
            FROM unnest(\(lenders)::uuid[], \(borrowers)::uuid[]) AS pair (l, b)
            """,
            """
            INSERT INTO snapshots (
                id, tenant_id, vcluster_id, reserved_bytes, created_at, state, name, location, created_by_name, spec
            )
            SELECT gen_random_uuid(), tenant_id, id, 1, now(), 'pending', 'first', 'container:///data/x', '', spec
            FROM vclusters
            """,
            "INSERT INTO quota_loan_amounts (loan_id, amount, dimension) SELECT id, 1, 'cpu' FROM quota_loans",
            """
            INSERT INTO quota_reports (vcluster_id, reported_at, requested, reserved, exceeds)
            SELECT id, now(), '{1}', '{1}', false FROM vclusters
            """,
            """
            INSERT INTO approval_requests (id, tenant_id, requester_id, created_at, updated_at, expires_at, verb,
                vcluster_name, change, before, policy, growth, quota)
            SELECT DISTINCT ON (tenant_id) gen_random_uuid(), tenant_id, created_by, now(), now(), now(), 'create', name,
                '{}'::jsonb, '{}'::jsonb, '{}'::jsonb, '{}'::jsonb, '[]'::jsonb
            FROM vclusters
            ORDER BY tenant_id
            """,
            """
            INSERT INTO approval_entries (id, request_id, user_id, created_at, step, kind)
            SELECT gen_random_uuid(), id, requester_id, now(), 0, 'comment' FROM approval_requests
            """,
        ]
    }

    /// Two tenants with a row each in every table that they can read.
    private func withTwoFullTenants(
        _ body: @escaping @Sendable (Engine, PortalDatabase) async throws -> Void
    ) async throws {
        try await withTwoTenants { engine, database in
            let (acme, services) = (engine.acme, engine.services)
            for (tenant, person) in [(acme.payments, acme.member), (acme.data, acme.stranger)] {
                _ = try await services.roles.create(
                    NewRole(name: "On call", permissions: [.vclustersSuspend]),
                    at: tenant.id,
                    as: acme.admin
                )
                let group = try await services.groups.create(NewGroup(name: "SRE"), at: tenant.id, as: acme.admin)
                try await services.groups.addMember(person.user.id, to: group.id, as: acme.admin)
                let email = "guest@\(tenant.name.lowercased()).example"
                let invitation = NewInvitation(
                    email: email,
                    name: "Guest",
                    tenantID: tenant.id,
                    role: .builtIn(.viewer)
                )
                _ = try await services.identity.invite(invitation, as: acme.admin)
                _ = try await services.identity.createServiceAccount(name: "robot", at: tenant.id, as: acme.admin)
                try await engine.rule([.vclustersCreate], at: tenant, as: acme.admin)
                try await engine.policy(["verbs": ["resume"]], at: tenant, as: acme.admin)
            }
            try await database.elevated(for: .operations).pipeline(
                Self.lateRows(
                    lenders: [acme.payments.id, acme.data.id],
                    borrowers: [acme.platform.id, acme.engineering.id]
                )
            )
            try await body(engine, database)
        }
    }

    @Test func bareStatements_seeOnlyTheSubtree() async throws {
        try await withTwoFullTenants { engine, database in
            for table in try await tables(engine.database) {
                let all = try await rows(of: table, in: engine.database)
                let payments = try await rows(of: table, in: database.as(engine.acme.member))
                let data = try await rows(of: table, in: database.as(engine.acme.stranger))
                let admin = try await rows(of: table, in: database.as(engine.acme.admin))
                let nobody = try await rows(of: table, in: database.as(engine.acme.nobody))

                // Or nothing would be proved: a new table needs its rows in `withTwoFullTenants`.
                let isHidden = Self.hidden.contains(table.identifier)
                #expect(payments.isEmpty == isHidden && data.isEmpty == isHidden, "\(table.identifier)")
                #expect(payments.isDisjoint(with: data), "\(table.identifier)")
                #expect(payments.union(data).isSubset(of: all), "\(table.identifier)")
                #expect(admin == all, "\(table.identifier)")
                #expect(nobody.isEmpty, "\(table.identifier)")
            }
        }
    }

    /// It is the wall that hides: without it the same statements show everything.
    @Test func bareStatements_seeEverythingWithoutTheWall() async throws {
        try await withTwoFullTenants { engine, database in
            let tables = try await tables(engine.database)
            let stranger = database.as(engine.acme.stranger)
            var behind: [Table: Set<String>] = [:]
            for table in tables { behind[table] = try await rows(of: table, in: stranger) }
            for table in tables {
                try await engine.database.execute("ALTER TABLE \(identifier: table) DISABLE ROW LEVEL SECURITY")
            }
            for table in tables {
                let all = try await rows(of: table, in: engine.database)

                #expect(try await rows(of: table, in: stranger) == all, "\(table.identifier)")
                #expect(all.isEmpty || behind[table] != all, "\(table.identifier)")
            }
        }
    }

    @Test func bareStatements_seeTheirOwn() async throws {
        let own = [
            "tenants", "role_bindings", "vclusters", "operations", "operation_steps", "changes", "vcluster_events",
            "audit_events",
        ]
        try await withTwoTenants { engine, database in
            for name in own {
                let table = Table(identifier: name)
                let payments = try await rows(of: table, in: database.as(engine.acme.member))
                let data = try await rows(of: table, in: database.as(engine.acme.stranger))
                let engineering = try await rows(of: table, in: database.as(engine.acme.manager))

                #expect(!payments.isEmpty && !data.isEmpty, "\(name)")
                #expect(payments.isSubset(of: engineering), "\(name)")
                #expect(data.isDisjoint(with: engineering), "\(name)")
            }
        }
    }

    @Test func withoutAScope_nothingIsVisible() async throws {
        try await withTwoTenants { engine, _ in
            let group = try EventLoopGroup(loops: 1)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let configuration = PostgresConfiguration(url: engine.url, poolSize: 1)
            let bare = try PostgresDatabase(configuration: configuration, group: group, logger: logger)
            for table in try await tables(engine.database) {
                let seen = try await rows(of: table, in: bare)
                #expect(seen.isEmpty, "\(table.identifier)")
            }
            // Nothing that was meant for a setting gone wrong opens the wall either.
            for value in ["", "**", "true", "{*}"] {
                let odd = bare.with(PostgresSetting(PostgresSetting.Name("portal", "scope"), value))
                let seen = (try? await rows(of: Table(identifier: "tenants"), in: odd)) ?? []
                #expect(seen.isEmpty, "\(value)")
            }
            await bare.close()
            await group.shutdown()
        }
    }

    @Test func queries_withoutTheirPredicateSeeOnlyTheSubtree() async throws {
        try await withTwoTenants { engine, database in
            let data = engine.acme.data.id
            let scoped = database.as(engine.acme.stranger)
            let statements: [(name: String, statement: SQL)] = [
                ("vclusters", VClusterListQueries.list(VClusterFilter(), scope: .everything, after: nil, limit: 50)),
                (
                    "vclusters of others",
                    VClusterListQueries.list(
                        VClusterFilter(),
                        scope: .tenants([engine.acme.payments.id, data]),
                        after: nil,
                        limit: 50
                    )
                ),
                ("operations", OperationListQueries.list(OperationFilter(), scope: .everything, after: nil, limit: 50)),
                (
                    "tenants",
                    TenantQueries.page(TenantFilter(), visibleTo: .everything, after: nil, rowsMax: 50)
                ),
                ("choices", TenantOutlineQueries.choices(in: .everything, rowsMax: 50)),
                (
                    "outline",
                    TenantOutlineQueries.page(.named(""), roots: .everything, after: nil, rowsMax: 50)
                ),
                ("tenants below", VClusterListQueries.tenants(below: [engine.acme.engineering.id, data], limit: 50)),
            ]
            for (name, statement) in statements {
                let tenants = try await scoped.query(statement).map { row in
                    try (try? row.decode("tenant_id", as: TenantID.self)) ?? row.decode("id", as: TenantID.self)
                }
                #expect(Set(tenants) == [data], "\(name)")
            }
            let audit = AuditQueries.page(AuditFilter(), visibleTo: .everything, before: nil, rowsMax: 500)
            let paths = try await scoped.query(audit).map { try $0.decode("tenant_path", as: [TenantID]?.self) }
            #expect(!paths.isEmpty && paths.allSatisfy { $0?.contains(data) == true })
            let counts = try await scoped.query(VClusterListQueries.counts(scope: .everything))
            let numbers = try counts.map { try $0.decode("count", as: Int.self) }
            #expect(numbers == [1])
        }
    }

    @Test func writes_stayInsideTheSubtree() async throws {
        try await withTwoTenants { engine, database in
            let stranger = database.as(engine.acme.stranger)
            let (payments, data) = (engine.acme.payments.id, engine.acme.data.id)
            let changes: [SQL] = [
                "UPDATE vclusters SET name = 'stolen' WHERE tenant_id = \(payments)",
                "DELETE FROM vcluster_events",
                "UPDATE tenants SET name = 'stolen' WHERE id = \(payments)",
                "DELETE FROM role_bindings WHERE tenant_id = \(payments)",
                "UPDATE operations SET message = 'stolen' WHERE tenant_id = \(payments)",
            ]
            let before = try await rows(of: Table(identifier: "vcluster_events"), in: database.as(engine.acme.member))
            for change in changes {
                let count = try await stranger.execute(change)
                #expect(count == 0 || change.text.contains("vcluster_events"))
            }
            let after = try await rows(of: Table(identifier: "vcluster_events"), in: database.as(engine.acme.member))
            #expect(before == after)
            // Its own row must not leave the subtree, and no new one may begin outside.
            for change: SQL in [
                "UPDATE vclusters SET tenant_id = \(payments) WHERE tenant_id = \(data)",
                """
                INSERT INTO changes (object_id, vcluster_id, tenant_id, created_at, kind, type)
                VALUES (\(payments), \(payments), \(payments), now(), 'vcluster', 'ADDED')
                """,
            ] {
                let error = await #expect(throws: PostgresError.self) { try await stranger.execute(change) }
                #expect(error?.sqlState == SQLState(rawValue: "42501"))
            }
        }
    }

    @Test func elevatedTransaction_goesBackToTheCaller() async throws {
        try await withTwoTenants { engine, database in
            let count: SQL = "SELECT count(*) AS count FROM tenants"
            let counts = try await database.as(engine.acme.member).transaction { transaction in
                let all = transaction.elevated(for: .quotaChain)
                var counts: [Int] = []
                for queryable in [transaction, all, transaction] {
                    counts.append(try await queryable.first(count)?.decode("count") ?? 0)
                }
                return counts
            }

            #expect(counts == [1, 5, 1])
        }
    }
}
