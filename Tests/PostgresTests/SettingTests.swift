import PortalTesting
import Testing

@testable import Postgres

/// One connection, so that every statement finds what the one before left.
struct SettingTests {
    private struct Refusal: Error {}

    private static let name = PostgresSetting.Name("test", "scope")
    private let one = PostgresSetting(name, "one")
    private let two = PostgresSetting(name, "it's \"two\"")

    private static let read: SQL = "SELECT current_setting('test.scope', true) AS value"

    private func withOneConnection(_ body: (PostgresDatabase) async throws -> Void) async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.poolSize = 1 }) { test in
            try await body(test.database)
        }
    }

    private func expect(
        _ queryable: some PostgresQueryable,
        finds expected: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await value(queryable)
        #expect(found == expected, sourceLocation: location)
    }

    /// Empty when it is not set.
    private func value(_ queryable: some PostgresQueryable) async throws -> String {
        try await queryable.first(Self.read)?.decode("value", as: String?.self) ?? ""
    }

    @Test func statement_findsItsSetting() async throws {
        try await withOneConnection { database in
            try await expect(database.with(one), finds: "one")
            try await expect(database.with(two), finds: "it's \"two\"")
            try await expect(database.with(two), finds: "it's \"two\"")
            try await expect(database.with(one), finds: "one")
        }
    }

    @Test func statement_withoutOneFindsNone() async throws {
        try await withOneConnection { database in
            _ = try await value(database.with(one))

            try await expect(database, finds: "")
            try await expect(database.with(one), finds: "one")
        }
    }

    @Test func sameSetting_isSentOnce() async throws {
        try await withOneConnection { database in
            _ = try await value(database.with(one))
            // Behind the back of the connection: a second assignment would undo it.
            try await database.with(one).execute("SELECT set_config('test.scope', 'changed', false)")

            try await expect(database.with(one), finds: "changed")
        }
    }

    @Test func failedStatement_leavesNothingAssumed() async throws {
        try await withOneConnection { database in
            _ = try await value(database.with(one))
            await #expect(throws: PostgresError.self) { try await database.with(two).query("SELECT 1 / 0") }

            try await expect(database.with(one), finds: "one")
            await #expect(throws: PostgresError.self) { try await database.with(two).query("SELECT 1 / 0") }
            try await expect(database.with(two), finds: two.value)
            await #expect(throws: PostgresError.self) { try await database.with(one).query("SELECT 1 / 0") }
            try await expect(database, finds: "")
        }
    }

    @Test func transaction_keepsItsSettingWhenCommitted() async throws {
        try await withOneConnection { database in
            let inside = try await database.with(one).transaction { try await value($0) }

            #expect(inside == "one")
            try await expect(database.with(one), finds: "one")
            try await expect(database.with(two), finds: two.value)
        }
    }

    @Test func rolledBackTransaction_undoesItsSetting() async throws {
        try await withOneConnection { database in
            _ = try await value(database.with(one))
            await #expect(throws: Refusal.self) {
                try await database.with(two).transaction { transaction in
                    _ = try await value(transaction)
                    throw Refusal()
                }
            }
            // The server is back at `one`, and must be told again.
            try await expect(database.with(two), finds: two.value)

            await #expect(throws: Refusal.self) {
                try await database.transaction { transaction in
                    _ = try await value(transaction)
                    throw Refusal()
                }
            }
            try await expect(database, finds: "")
        }
    }

    @Test func failedCommit_undoesItsSetting() async throws {
        try await withOneConnection { database in
            try await database.execute(
                "CREATE TABLE t (id int, CONSTRAINT k UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)"
            )
            _ = try await value(database.with(one))
            await #expect(throws: PostgresError.self) {
                try await database.with(two).transaction { try await $0.execute("INSERT INTO t VALUES (1), (1)") }
            }

            try await expect(database.with(two), finds: two.value)
        }
    }

    @Test func transaction_hasTwoSettingsAtATime() async throws {
        try await withOneConnection { database in
            try await database.with(one).transaction { transaction in
                let other = transaction.with(two)
                try await expect(other, finds: two.value)
                try await expect(transaction, finds: "one")
                try await expect(other, finds: two.value)
            }

            try await expect(database.with(one), finds: "one")
        }
    }

    @Test func savepoint_undoesTheSettingInside() async throws {
        try await withOneConnection { database in
            try await database.with(one).transaction { transaction in
                await #expect(throws: Refusal.self) {
                    try await transaction.savepoint {
                        _ = try await value(transaction.with(two))
                        throw Refusal()
                    }
                }
                try await expect(transaction.with(two), finds: two.value)
                await #expect(throws: PostgresError.self) {
                    try await transaction.savepoint {
                        try await transaction.with(one).execute("SELECT 1 / 0")
                    }
                }
                try await expect(transaction, finds: "one")
                try await expect(transaction.with(two), finds: two.value)
            }
        }
    }

    @Test func serializableTransaction_beginsWithItsLevel() async throws {
        try await withOneConnection { database in
            let level = try await database.with(one).transaction(isolation: .serializable, readOnly: true) {
                transaction in
                try await transaction.first("SELECT current_setting('transaction_isolation') AS level")?
                    .decode("level", as: String.self)
            }

            #expect(level == "serializable")
        }
    }

    @Test func stream_findsItsSetting() async throws {
        try await withOneConnection { database in
            try await database.with(one).forEachRow(Self.read) { row in
                let found: String = try row.decode("value")
                #expect(found == "one")
            }
            try await expect(database.with(one), finds: "one")
            await #expect(throws: PostgresError.self) {
                try await database.with(two).forEachRow("SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n") { _ in }
            }
            try await expect(database.with(two), finds: two.value)
        }
    }

    @Test func session_endsWithoutASetting() async throws {
        try await withOneConnection { database in
            _ = try await value(database.with(one))
            let inside = try await database.session { try await value($0) }

            #expect(inside == "")
            try await expect(database.with(one), finds: "one")
        }
    }
}
