import Logging
import PortalTesting
import Synchronization
import Testing

@testable import Postgres

struct ServiceTests {
    @Test func run_opensAndCloses() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let run = Task { try await test.database.run() }
            while test.database.statistics.idle == 0 { await Task.yield() }

            run.cancel()
            try await run.value

            #expect(test.database.statistics.open == 0)
            let error = await #expect(throws: PostgresError.self) { try await test.database.ping() }
            #expect(error?.kind == .closed)
        }
    }

    @Test func notices_goToTheLog() async throws {
        let log = MemoryLog()
        let logger = Logger(label: "test", factory: { _ in log })
        try await TestDatabase.withLease(content: .empty, logger: logger) { test in
            try await test.database.execute(
                "DO $$ BEGIN RAISE WARNING 'mind the gap'; RAISE NOTICE 'small talk'; END $$"
            )
        }

        #expect(log.lines.contains("warning mind the gap"))
        #expect(log.lines.contains("debug small talk"))
    }
}

/// Keeps what is logged.
private final class MemoryLog: LogHandler {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        state.withLock { $0.append("\(event.level) \(event.message)") }
    }
}
