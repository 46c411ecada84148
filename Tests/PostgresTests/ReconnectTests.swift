import EventLoop
import Logging
import PortalTesting
import Testing

@testable import Postgres

struct ReconnectTests {
    /// A pool that reaches the server through a proxy.
    private func withProxy(
        configure: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresDatabase, Proxy, TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let proxy = try Proxy(to: test.url)
            var configuration = PostgresConfiguration(url: proxy.url(test.url), poolSize: 2, waitTimeout: .seconds(20))
            configure(&configuration)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let database = try PostgresDatabase(configuration: configuration, group: test.group, logger: logger)
            try await body(database, proxy, test)
            await database.close()
        }
    }

    @Test func query_survivesTerminatedIdleConnections() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.poolSize = 1 }) { test in
            for _ in 0..<10 {
                let row = try #require(try await test.database.first("SELECT pg_backend_pid() AS pid"))
                try await terminate(try row.decode("pid"), test)
                try await test.database.execute("SELECT 1")
            }
            #expect(test.database.statistics.openedTotal == 11)
        }
    }

    @Test func query_isSentAgainWhenTheServerEndedItsSession() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.poolSize = 2 }) { test in
            try await test.database.pipeline(["CREATE TABLE items (id int)", "CREATE SEQUENCE runs"])
            // The first run waits to be terminated; the second one finds that it is the second and goes on.
            let insert = Task {
                try await test.database.execute(
                    """
                    INSERT INTO items SELECT nextval('runs')::int
                    FROM (SELECT pg_sleep(CASE WHEN (SELECT is_called FROM runs) THEN 0 ELSE 600 END)) AS pause
                    """
                )
            }
            let pid = try await pidOfSleeper(test.database, "INSERT INTO items SELECT nextval%")
            try await test.database.query("SELECT nextval('runs')")
            try await terminate(pid, test)

            #expect(try await insert.value == 1)
            #expect(try await test.database.query("SELECT id FROM items").count == 1)
        }
    }

    @Test func query_isNotSentAgainWhenNobodyKnows() async throws {
        try await withProxy { database, proxy, test in
            let task = Task { try await database.query("SELECT pg_sleep(600), 'lost'") }
            _ = try await pidOfSleeper(test.database, "%lost%")
            proxy.cut()

            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.kind == .connection)
            #expect(error?.outcome == .unknown)
            #expect(error?.isTransient == true)
        }
    }

    @Test func query_isSentAgainWhenIdempotent() async throws {
        try await withProxy { database, proxy, test in
            try await test.database.execute("CREATE TABLE pause (seconds int)")
            try await test.database.execute("INSERT INTO pause VALUES (600)")
            let task = Task {
                try await database.query("SELECT pg_sleep(seconds), 'again' AS word FROM pause", idempotent: true)
            }
            _ = try await pidOfSleeper(test.database, "%again%")
            try await test.database.execute("UPDATE pause SET seconds = 0")
            proxy.cut()

            let rows = try await task.value
            #expect(try rows.first?.decode("word") == "again")
        }
    }

    @Test func transaction_runsAgainWhenTheConnectionIsLost() async throws {
        try await withProxy { database, proxy, test in
            try await test.database.execute("CREATE TABLE items (id int)")
            let runs = Counter()

            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO items VALUES (1)")
                runs.add()
                if runs.value == 1 { proxy.cut() }
                try await transaction.execute("INSERT INTO items VALUES (2)")
            }

            #expect(runs.value == 2)
            #expect(try await test.database.query("SELECT id FROM items").count == 2)
        }
    }

    @Test func query_waitsForAServerThatRestarts() async throws {
        try await withProxy { database, proxy, _ in
            try await database.query("SELECT 1")
            proxy.stop()
            let before = proxy.acceptedCount
            let queries = (0..<10).map { number in
                Task { try await database.first("SELECT \(number)::int AS n")?.decode("n", as: Int.self) }
            }
            // The server is missed several times before it is back.
            while proxy.acceptedCount < before + 3 { await Task.yield() }
            proxy.start()

            for (number, query) in queries.enumerated() {
                #expect(try await query.value == number)
            }
        }
    }

    @Test func query_tellsWhyThereIsNoServer() async throws {
        try await withProxy(configure: { $0.waitTimeout = .milliseconds(200) }) { (database, proxy, _) async throws in
            proxy.stop()

            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }
            #expect(error?.kind == .connection)
            #expect(error?.message.isEmpty == false)
            #expect(database.statistics.open == 0)
        }
    }

    @Test func listen_reconnectsAndSaysSo() async throws {
        try await withProxy { database, proxy, test in
            var heard = database.listen(to: ["news"]).makeAsyncIterator()
            #expect(await heard.next() == .connected)
            try await test.database.query("SELECT pg_notify('news', 'one')")
            #expect(await heard.next() == .message(channel: "news", payload: "one"))

            proxy.cut()
            #expect(await heard.next() == .reconnected)

            try await test.database.query("SELECT pg_notify('news', 'two')")
            #expect(await heard.next() == .message(channel: "news", payload: "two"))
        }
    }

    private func terminate(_ pid: Int, _ test: TestDatabase) async throws {
        // From a connection of its own, and with a wait, so that the backend is gone when this returns.
        let configuration = PostgresConfiguration(url: test.url, poolSize: 1)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let other = try PostgresDatabase(configuration: configuration, group: test.group, logger: logger)
        try await other.query("SELECT pg_terminate_backend(\(pid)::int, 10000)")
        await other.close()
    }

    private func pidOfSleeper(_ database: PostgresDatabase, _ pattern: String) async throws -> Int {
        while true {
            let row = try await database.first(
                "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE \(pattern)::text"
            )
            if let row { return try row.decode("pid") }
        }
    }
}
