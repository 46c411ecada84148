import EventLoop
import PortalTesting
import Testing

@testable import Postgres

struct QueryTests {
    private func withEmpty(
        configure: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.withLease(content: .empty, configure: configure) { try await body($0.database) }
    }

    @Test func query_returnsRowsInOrder() async throws {
        try await withEmpty { database in
            let rows = try await database.query(
                "SELECT n, n * 2 AS twice FROM generate_series(1, \(5)::int) AS n ORDER BY n"
            )

            #expect(try rows.map { try $0.decode("twice", as: Int.self) } == [2, 4, 6, 8, 10])
            #expect(rows.first?.columnNames == ["n", "twice"])
        }
    }

    @Test func execute_countsRows() async throws {
        try await withEmpty { database in
            try await database.execute("CREATE TABLE items (id int PRIMARY KEY)")

            #expect(try await database.execute("INSERT INTO items SELECT generate_series(1, 7)") == 7)
            #expect(try await database.execute("UPDATE items SET id = id + 100 WHERE id > \(5)") == 2)
            #expect(try await database.execute("DELETE FROM items") == 7)
        }
    }

    @Test func query_runsOnTheCallersLoop() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            for loop in test.group.loops {
                let isSame = try await Task(executorPreference: loop) {
                    for _ in 0..<3 { try await test.database.query("SELECT 1") }
                    return EventLoop.current === loop
                }.value
                #expect(isSame)
            }
            #expect(test.database.statistics.open == test.group.loops.count)
        }
    }

    @Test func query_runsOneThousandAtATime() async throws {
        try await withEmpty { database in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await database.first("SELECT \(number)::int AS n")?.decode("n") ?? -1 }
                }
                return try await group.reduce(0, +)
            }

            #expect(sum == 499_500)
            #expect(database.statistics.open <= 4)
            #expect(database.statistics.waiting == 0)
        }
    }

    @Test func query_reportsServerErrors() async throws {
        try await withEmpty { database in
            try await database.execute("CREATE TABLE items (id int CONSTRAINT items_id_is_unique UNIQUE)")
            try await database.execute("INSERT INTO items VALUES (1)")

            let error = await #expect(throws: PostgresError.self) {
                try await database.execute("INSERT INTO items (id) VALUES (\(1))")
            }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.constraint == "items_id_is_unique")
            #expect(error?.table == "items")
            #expect(error?.isTransient == false)
            #expect(error?.description == "PostgreSQL: server 23505 (constraint items_id_is_unique)")
            #expect(try #require(error).debugDescription.contains("INSERT INTO items (id) VALUES ($1)"))
        }
    }

    @Test func query_reportsBadSQL() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { (database) async throws in
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELEC 1") }
            #expect(error?.sqlState == .syntaxError)
            #expect(error?.position == 1)
            #expect(SQLState.syntaxErrorOrAccessRuleViolation ~= error?.sqlState)

            // The connection is still good.
            #expect(try await database.query("SELECT 1").count == 1)
            #expect(database.statistics.openedTotal == 1)
        }
    }

    @Test func query_boundsRows() async throws {
        try await withEmpty(configure: { $0.limits.resultRowsMax = 10 }) { (database) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.query("SELECT generate_series(1, 11)")
            }
            #expect(error?.kind == .tooManyRows)
            #expect(try await database.query("SELECT generate_series(1, 10)").count == 10)
        }
    }

    @Test func query_boundsTime() async throws {
        try await withEmpty(configure: { $0.statementTimeout = .milliseconds(50) }) { database in
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT pg_sleep(30)") }
            #expect(error?.sqlState == .queryCanceled)
        }
    }

    @Test func query_refusesCopy() async throws {
        try await withEmpty { (database) async throws in
            await #expect(throws: PostgresError.self) { try await database.query("COPY pg_class TO STDOUT") }
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }

    @Test func query_sendsAndReadsLargeValues() async throws {
        try await withEmpty { database in
            let text = String(repeating: "0123456789abcdef", count: 512 * 1024)

            let row = try #require(
                try await database.first("SELECT \(text)::text AS text, length(\(text)::text) AS length")
            )

            #expect(try row.decode("length") == 8 * 1024 * 1024)
            #expect(try row.decode("text") == text)
        }
    }

    @Test func pipeline_returnsEveryAnswer() async throws {
        try await withEmpty { database in
            let answers = try await database.pipeline([
                "CREATE TABLE items (id int)", "INSERT INTO items SELECT generate_series(1, 3)",
                "SELECT id FROM items ORDER BY id", "SELECT 1 WHERE false",
            ])

            #expect(answers.map(\.count) == [0, 0, 3, 0])
        }
    }

    @Test func pipeline_isAllOrNothing() async throws {
        try await withEmpty { database in
            try await database.execute("CREATE TABLE items (id int)")

            let error = await #expect(throws: PostgresError.self) {
                try await database.pipeline([
                    "INSERT INTO items VALUES (1)", "SELECT 1/0", "INSERT INTO items VALUES (2)",
                ])
            }
            #expect(error?.sqlState?.rawValue == "22012")
            #expect(error?.statement == "SELECT 1/0")
            #expect(try await database.query("SELECT id FROM items").isEmpty)
        }
    }

    @Test func pipeline_readsWhileItSends() async throws {
        try await withEmpty { database in
            // Both directions are larger than any socket buffer.
            let text = String(repeating: "x", count: 1024 * 1024)
            let answers = try await database.pipeline((0..<24).map { _ in "SELECT \(text)::text AS text" })

            #expect(try answers.allSatisfy { try $0[0].decode("text", as: String.self).utf8.count == text.utf8.count })
        }
    }

    @Test func cache_evictsStatements() async throws {
        try await withEmpty(configure: { configuration in
            configuration.poolSize = 1
            configuration.limits.statementsCachedMax = 4
        }) { database in
            for round in 0..<3 {
                for number in 0..<12 {
                    let columns = (0...number).map { _ in "\(round)::int" as SQL }.joined(separator: ", ")
                    try await database.query("SELECT \(sql: columns)")
                }
            }
            // The same text twice in one round trip, evicted in between, and again.
            let answers = try await database.pipeline([
                "SELECT 1 AS a", "SELECT 2 AS b", "SELECT 1 AS a", "SELECT 2 AS b",
            ])
            #expect(answers.count == 4)
            try await database.query("SELECT 3")

            let row = try #require(try await database.first("SELECT count(*) AS count FROM pg_prepared_statements"))
            #expect(try row.decode("count", as: Int.self) <= 6)
            #expect(database.statistics.openedTotal == 1)
        }
    }

    @Test func cache_preparesAgainAfterTableChange() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            try await database.execute("CREATE TABLE items (id int)")
            try await database.execute("INSERT INTO items VALUES (1)")
            #expect(try await database.query("SELECT * FROM items").first?.columnNames == ["id"])

            try await database.execute("ALTER TABLE items ADD COLUMN name text")

            #expect(try await database.query("SELECT * FROM items").first?.columnNames == ["id", "name"])
            #expect(database.statistics.openedTotal == 1)
        }
    }

    @Test func cache_preparesAgainInTransactionAfterTableChange() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            try await database.execute("CREATE TABLE items (id int)")
            try await database.query("SELECT * FROM items")
            try await database.execute("ALTER TABLE items ADD COLUMN name text")

            let columns = try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO items (id) VALUES (1)")
                return try await transaction.first("SELECT * FROM items")?.columnNames
            }

            #expect(columns == ["id", "name"])
        }
    }
}
