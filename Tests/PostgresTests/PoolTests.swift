import EventLoop
import PortalTesting
import Testing

@testable import Postgres

struct PoolTests {
    private func withEmpty(
        configure: (inout PostgresConfiguration) -> Void,
        _ body: (PostgresDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.withLease(content: .empty, configure: configure) { try await body($0.database) }
    }

    @Test func lease_timesOutWithNumbers() async throws {
        try await withEmpty(configure: { configuration in
            configuration.poolSize = 1
            configuration.waitTimeout = .milliseconds(80)
        }) { (database) async throws in
            // Connects first, so that the wait is for the connection only.
            try await database.query("SELECT 1")
            let start = ContinuousClock.now
            let error = try await database.session { _ in
                await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }
            }

            #expect(error?.kind == .poolTimeout)
            #expect(error?.isTransient == true)
            #expect(error?.message.contains("1 of 1 in use") == true)
            #expect(ContinuousClock.now - start >= .milliseconds(80))
            #expect(database.statistics.refusedTotal == 1)
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }

    @Test func lease_refusesWhenTheLineIsFull() async throws {
        try await withEmpty(configure: { configuration in
            configuration.poolSize = 1
            configuration.limits.poolWaitersMax = 2
        }) { database in
            let kinds = try await database.session { _ in
                await withTaskGroup(of: PostgresError.Kind?.self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            do {
                                try await database.query("SELECT 1")
                                return nil
                            } catch { return (error as? PostgresError)?.kind }
                        }
                    }
                    var refused: [PostgresError.Kind?] = []
                    // The three that find the line full return while the connection is still held.
                    for _ in 0..<3 { if let kind = await group.next() { refused.append(kind) } }
                    group.cancelAll()
                    return refused
                }
            }

            #expect(kinds == [.poolExhausted, .poolExhausted, .poolExhausted])
        }
    }

    @Test func lease_goesToTheFirstInLine() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            try await database.execute("CREATE TABLE line (id bigint GENERATED ALWAYS AS IDENTITY, name int)")
            let group = try await database.session { _ in
                var tasks: [Task<Void, any Error>] = []
                for number in 0..<10 {
                    tasks.append(Task { try await database.execute("INSERT INTO line (name) VALUES (\(number))") })
                    while database.statistics.waiting <= number { await Task.yield() }
                }
                return tasks
            }
            for task in group { try await task.value }

            let names = try await database.query("SELECT name FROM line ORDER BY id")
            #expect(try names.map { try $0.decode("name", as: Int.self) } == Array(0..<10))
        }
    }

    @Test func lease_canBeCancelledInLine() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { (database) async throws in
            let task = try await database.session { _ in
                let task = Task { try await database.query("SELECT 1") }
                while database.statistics.waiting == 0 { await Task.yield() }
                task.cancel()
                return task
            }

            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(database.statistics.waiting == 0)
            #expect(try await database.query("SELECT 1").count == 1)
        }
    }

    @Test func close_sendsCallersAway() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { (database) async throws in
            try await database.query("SELECT 1")
            await database.close()

            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }
            #expect(error?.kind == .closed)
            #expect(database.statistics.open == 0)
            await database.close()
        }
    }

    @Test func close_waitsForStatementsUnderWay() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await database.transaction { transaction in
                    try await transaction.query("SELECT 1")
                    start.finish()
                    return try await transaction.query("SELECT pg_sleep(0.05)").count
                }
            }
            for await _ in started {}
            await database.close()

            let count = try await task.value
            #expect(count == 1)
            #expect(database.statistics.open == 0)
        }
    }

    @Test func closeIdle_keepsWhatIsUsed() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            try await database.query("SELECT 1")
            database.pool.closeIdle()
            try await database.query("SELECT 1")
            #expect(database.statistics.openedTotal == 1)
        }
        try await withEmpty(configure: { $0.limits.idleConnectionMax = .zero }) { database in
            try await database.query("SELECT 1")
            database.pool.closeIdle()
            while database.statistics.open > 0 { await Task.yield() }
            try await database.query("SELECT 1")
            #expect(database.statistics.openedTotal == 2)
        }
    }

    @Test func cancel_stopsTheStatementOnTheServer() async throws {
        try await withEmpty(configure: { $0.poolSize = 2 }) { database in
            let task = Task { try await database.query("SELECT pg_sleep(600), 'cancel me'") }
            let running: SQL = """
                SELECT 1 FROM pg_stat_activity
                WHERE state = 'active' AND query LIKE '%cancel me%' AND pid <> pg_backend_pid()
                """
            while try await database.query(running).isEmpty {}

            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            while try await !database.query(running).isEmpty {}

            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(database.statistics.leased == 0)
        }
    }

    @Test func cancel_rollsTheTransactionBack() async throws {
        try await withEmpty(configure: { $0.poolSize = 2 }) { database in
            try await database.execute("CREATE TABLE items (id int)")
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO items VALUES (1)")
                    start.finish()
                    // Waits for its cancellation without a statement under way.
                    let (never, ending) = AsyncStream.makeStream(of: Void.self)
                    for await _ in never {}
                    ending.finish()
                }
            }
            for await _ in started {}
            task.cancel()

            await #expect(throws: CancellationError.self) { try await task.value }
            let rows = try await database.query("SELECT id FROM items")
            #expect(rows.isEmpty)
            // It was rolled back, not thrown away.
            #expect(database.statistics.openedTotal <= 2)
            #expect(database.statistics.open == database.statistics.idle)
        }
    }

    @Test func cancel_beforeSendingCostsNoConnection() async throws {
        try await withEmpty(configure: { $0.poolSize = 1 }) { database in
            try await database.query("SELECT 1")
            for _ in 0..<20 {
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await database.query("SELECT 1")
                }
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            try await database.query("SELECT 1")
            #expect(database.statistics.openedTotal == 1)
        }
    }

    @Test func cancel_atAnyMomentLeavesThePoolWhole() async throws {
        try await withEmpty(configure: { $0.poolSize = 3 }) { database in
            await withTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let task = Task {
                            try await database.transaction { transaction in
                                try await transaction.query("SELECT \(number)::int")
                                try await transaction.query("SELECT pg_sleep(0.001)")
                            }
                        }
                        for _ in 0..<(number * 7) { await Task.yield() }
                        task.cancel()
                        _ = await task.result
                    }
                }
            }

            for number in 0..<20 {
                let row = try await database.first(
                    "SELECT \(number)::int AS n, pg_current_xact_id_if_assigned()::text AS xid"
                )
                #expect(try row?.decode("n") == number)
            }
            #expect(database.statistics.leased == 0)
            #expect(database.statistics.open <= 3)
        }
    }
}
