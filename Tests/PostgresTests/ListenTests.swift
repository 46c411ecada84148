import PortalTesting
import Testing

@testable import Postgres

struct ListenTests {
    @Test func listen_hearsWhatIsCommitted() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            var heard = test.database.listen(to: ["first", "Second"]).makeAsyncIterator()
            #expect(await heard.next() == .connected)

            try await test.database.transaction { transaction in
                try await transaction.query("SELECT pg_notify('first', 'a')")
                try await transaction.execute(#"NOTIFY "Second", 'é漢'"#)
                try await transaction.execute("NOTIFY third")
            }
            try await test.database.execute("NOTIFY first")

            #expect(await heard.next() == .message(channel: "first", payload: "a"))
            #expect(await heard.next() == .message(channel: "Second", payload: "é漢"))
            #expect(await heard.next() == .message(channel: "first", payload: ""))
        }
    }

    @Test func listen_hearsSoon() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            var heard = test.database.listen(to: ["news"]).makeAsyncIterator()
            #expect(await heard.next() == .connected)
            var delays: [Duration] = []
            for number in 0..<50 {
                try await test.database.query("SELECT pg_notify('news', \("\(number)")::text)")
                let start = ContinuousClock.now
                #expect(await heard.next() == .message(channel: "news", payload: "\(number)"))
                delays.append(ContinuousClock.now - start)
            }

            // The median of a busy machine; the budget of the whole way to a browser is 300 ms.
            #expect(delays.sorted()[25] < .milliseconds(50))
        }
    }

    @Test func listen_tellsSlowReadersToCatchUp() async throws {
        try await TestDatabase.withLease(content: .empty, configure: { $0.limits.notificationsBufferedMax = 8 }) {
            test in
            let stream = test.database.listen(to: ["news", "end"])
            var heard = stream.makeAsyncIterator()
            #expect(await heard.next() == .connected)
            try await test.database.query("SELECT pg_notify('news', n::text) FROM generate_series(1, 100) AS n")
            // A second listener hears the end after the first one's messages were delivered.
            var all: [PostgresNotification] = []
            try await test.database.query("SELECT pg_notify('end', '')")
            while let next = await heard.next() {
                all.append(next)
                if next == .message(channel: "end", payload: "") { break }
            }

            #expect(all.count == 101 || all.contains(.reconnected))
        }
    }

    @Test func listen_endsWithTheDatabase() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            var heard = test.database.listen(to: ["news"]).makeAsyncIterator()
            #expect(await heard.next() == .connected)

            await test.database.close()

            #expect(await heard.next() == nil)
            var late = test.database.listen(to: ["news"]).makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }

    @Test func listen_closesItsConnectionWithTheStream() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let count: SQL =
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            try await {
                var heard = test.database.listen(to: ["news"]).makeAsyncIterator()
                #expect(await heard.next() == .connected)
                let listeners = try await test.database.query(count).count
                #expect(listeners == 1)
            }()

            while try await !test.database.query(count).isEmpty {}
        }
    }
}
