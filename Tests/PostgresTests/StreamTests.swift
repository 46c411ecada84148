import Foundation
import PortalTesting
import Synchronization
import Testing

@testable import Postgres

struct StreamTests {
    private struct Enough: Error {}

    private final class Sum: Sendable {
        private let total = Mutex(0)
        var value: Int { total.withLock { $0 } }
        func add(_ number: Int) { total.withLock { $0 += number } }
    }

    private var manyRows: SQL { "SELECT n, repeat('x', 100) AS padding FROM generate_series(1, \(50_000)::int) AS n" }

    @Test func forEachRow_readsMoreThanTheBoundOfRows() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.limits.resultRowsMax = 10 }) { test in
            let sum = Sum()

            let count = try await test.database.forEachRow(manyRows) { row in sum.add(try row.decode("n")) }

            #expect(count == 50_000)
            #expect(sum.value == 50_000 * 50_001 / 2)
            #expect(test.database.statistics.openedTotal == 1)
        }
    }

    @Test func forEachRow_stopsWhenTheBodyThrows() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.poolSize = 1 }) { (test) async throws in
            await #expect(throws: Enough.self) {
                try await test.database.forEachRow(manyRows) { row in
                    if try row.decode("n", as: Int.self) == 3 { throw Enough() }
                }
            }
            // The unread rest went with its connection.
            #expect(try await test.database.query("SELECT 1").count == 1)
            #expect(test.database.statistics.openedTotal == 2)
        }
    }

    @Test func forEachRow_reportsErrorsInTheMiddle() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.poolSize = 1 }) { (test) async throws in
            let sum = Sum()
            let error = await #expect(throws: PostgresError.self) {
                try await test.database.forEachRow(
                    "SELECT 1 / (\(20_000)::int - n) AS q FROM generate_series(1, 30000) AS n"
                ) {
                    _ in sum.add(1)
                }
            }

            #expect(error?.sqlState?.rawValue == "22012")
            #expect(sum.value > 0)
            #expect(try await test.database.query("SELECT 1").count == 1)
            #expect(test.database.statistics.openedTotal == 1)
        }
    }

    @Test func forEachRow_worksFirstAndLaterInATransaction() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let counts = try await test.database.transaction(isolation: .repeatableRead) { transaction in
                let first = try await transaction.forEachRow("SELECT generate_series(1, 5)") { _ in }
                try await transaction.execute("CREATE TABLE items (id int)")
                let none = try await transaction.forEachRow("SELECT id FROM items") { _ in }
                return [first, none]
            }

            #expect(counts == [5, 0])
            #expect(test.database.statistics.openedTotal == 1)
        }
    }
}
