import PortalTesting
import Synchronization
import Testing

@testable import Postgres

struct TransactionTests {
    private struct Refusal: Error {}

    private func withCounters(
        configure: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.withLease(content: .empty, configure: configure) { test in
            try await test.database.pipeline([
                "CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)",
                "INSERT INTO counters VALUES (1, 0), (2, 0)",
            ])
            try await body(test.database)
        }
    }

    private func value(_ id: Int, _ database: PostgresDatabase) async throws -> Int? {
        try await database.first("SELECT value FROM counters WHERE id = \(id)")?.decode("value")
    }

    @Test func transaction_commits() async throws {
        try await withCounters { database in
            let result = try await database.transaction { transaction in
                try await transaction.execute("UPDATE counters SET value = 5 WHERE id = 1")
                return "done"
            }

            #expect(result == "done")
            let value = try await value(1, database)
            #expect(value == 5)
        }
    }

    @Test func transaction_rollsBackOnThrow() async throws {
        try await withCounters { database in
            await #expect(throws: Refusal.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("UPDATE counters SET value = 5")
                    throw Refusal()
                }
            }

            let value = try await value(1, database)
            #expect(value == 0)
            #expect(database.statistics.leased == 0)
        }
    }

    @Test func transaction_withoutStatementsSendsNothing() async throws {
        try await withCounters(configure: { $0.poolSize = 1 }) { database in
            let result = try await database.transaction { _ in 7 }
            await #expect(throws: Refusal.self) { try await database.transaction { _ in throw Refusal() } }

            #expect(result == 7)
            let row = try await database.first("SELECT pg_current_xact_id_if_assigned() IS NULL AS none")
            #expect(try row?.decode("none") == true)
            #expect(database.statistics.openedTotal == 1)
        }
    }

    @Test func transaction_setsIsolationWithTheFirstStatement() async throws {
        try await withCounters { database in
            for level in [PostgresIsolation.readCommitted, .repeatableRead, .serializable] {
                let row = try await database.transaction(isolation: level, readOnly: true) { transaction in
                    try await transaction.first(
                        """
                        SELECT upper(current_setting('transaction_isolation')) AS level,
                            current_setting('transaction_read_only') AS ro
                        """
                    )
                }
                #expect(try row?.decode("level") == level.rawValue)
                #expect(try row?.decode("ro") == "on")
            }
        }
    }

    @Test func transaction_refusesWritesWhenReadOnly() async throws {
        try await withCounters { (database) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction(readOnly: true) { try await $0.execute("DELETE FROM counters") }
            }
            #expect(error?.sqlState == .readOnlyTransaction)
        }
    }

    @Test func transaction_reportsSwallowedFailure() async throws {
        try await withCounters { (database) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("UPDATE counters SET value = 9")
                    _ = try? await transaction.query("SELECT 1/0")
                }
            }
            #expect(error?.sqlState?.rawValue == "22012")
            let value = try await value(1, database)
            #expect(value == 0)
        }
    }

    @Test func transaction_isOfNoUseAfterItsEnd() async throws {
        try await withCounters { database in
            let escaped = try await database.transaction { $0 }

            let error = await #expect(throws: PostgresError.self) { try await escaped.query("SELECT 1") }
            #expect(error?.kind == .closed)
        }
    }

    @Test func transaction_retriesDeadlocks() async throws {
        try await withCounters { database in
            let meeting = Meeting()
            let runs = Counter()

            try await withThrowingTaskGroup { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await database.transaction { transaction in
                            runs.add()
                            try await transaction.execute("UPDATE counters SET value = value + 1 WHERE id = \(first)")
                            await meeting.arrive()
                            try await transaction.execute("UPDATE counters SET value = value + 1 WHERE id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }

            let values = try await [value(1, database), value(2, database)]
            #expect(values == [2, 2])
            #expect(runs.value >= 3)
        }
    }

    @Test func transaction_retriesSerializationFailuresThatTheBodyWrapped() async throws {
        struct Wrapped: Error {}
        try await withCounters { database in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await database.transaction(isolation: .serializable) { transaction in
                            do {
                                let row = try await transaction.first("SELECT value FROM counters WHERE id = 1")
                                let value: Int = try #require(row).decode("value")
                                try await transaction.execute("UPDATE counters SET value = \(value + 1) WHERE id = 1")
                            } catch {
                                throw Wrapped()
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }

            let value = try await value(1, database)
            #expect(value == 4)
        }
    }

    @Test func transaction_stopsRetryingAtTheLimit() async throws {
        try await withCounters(configure: { $0.limits.transactionAttemptsMax = 3 }) { database in
            let runs = Counter()
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { transaction in
                    runs.add()
                    try await transaction.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
                }
            }
            #expect(error?.sqlState == .serializationFailure)
            #expect(runs.value == 3)
        }
    }

    @Test func transaction_takesTurnsAmongChildTasks() async throws {
        try await withCounters { database in
            try await database.transaction { transaction in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask {
                            try await transaction.execute("UPDATE counters SET value = value + 1 WHERE id = 1")
                        }
                    }
                    try await group.waitForAll()
                }
            }

            let value = try await value(1, database)
            #expect(value == 20)
        }
    }

    @Test func savepoint_undoesOnlyItsPart() async throws {
        try await withCounters { database in
            try await database.transaction { transaction in
                try await transaction.execute("UPDATE counters SET value = 1 WHERE id = 1")
                await #expect(throws: PostgresError.self) {
                    try await transaction.savepoint {
                        try await transaction.execute("UPDATE counters SET value = 1 WHERE id = 2")
                        try await transaction.query("SELECT 1/0")
                    }
                }
                try await transaction.savepoint {
                    _ = try await transaction.execute("UPDATE counters SET value = value + 1 WHERE id = 1")
                }
            }

            let values = try await [value(1, database), value(2, database)]
            #expect(values == [2, 0])
        }
    }

    @Test func session_resetsTheConnection() async throws {
        try await withCounters(configure: { $0.poolSize = 1 }) { database in
            try await database.session { connection in
                try await connection.query("SELECT pg_advisory_lock(1)")
                try await connection.execute("SET search_path TO nowhere")
                try await connection.execute("CREATE TEMP TABLE scratch (id int)")
                try await connection.execute("BEGIN")
            }

            let row = try #require(
                try await database.first(
                    """
                    SELECT
                        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
                        current_setting('search_path') AS path, to_regclass('scratch') IS NULL AS gone,
                        current_setting('TimeZone') AS zone
                    """
                )
            )
            #expect(try row.decode("locks") == 0)
            #expect(try row.decode("path") == "\"$user\", public")
            #expect(try row.decode("gone") == true)
            #expect(try row.decode("zone") == "UTC")
            #expect(database.statistics.openedTotal == 1)
        }
    }
}

/// Counts over several tasks.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() {
        count.withLock { $0 += 1 }
    }
}

/// Lets two tasks go on when both are there; later ones pass.
private actor Meeting {
    private var arrived = 0
    private var waiter: CheckedContinuation<Void, Never>?

    func arrive() async {
        arrived += 1
        if arrived == 1 {
            await withCheckedContinuation { waiter = $0 }
        } else {
            waiter?.resume()
            waiter = nil
        }
    }
}
