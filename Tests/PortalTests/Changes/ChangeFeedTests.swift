import FoundationEssentials
import JSON
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The feed: order, gaps, resume, visibility, bounds, and two processes.
struct ChangeFeedTests {
    @Test func subscribe_deliversWhatTheCallerMaySee() async throws {
        try await Engine.with(workers: 0) { engine in
            let member = try await engine.services.changes.subscribe(as: engine.acme.member)
            let stranger = try await engine.services.changes.subscribe(as: engine.acme.stranger)
            let change = try await engine.create()
            _ = try await engine.vclusters.create(
                NewVCluster(tenantID: engine.acme.data.id, name: "other"),
                as: engine.acme.stranger
            )

            let seen = try await take(2, from: member)
            let foreign = try await take(1, from: stranger)

            #expect(seen.map(\.kind) == [.vcluster, .operation])
            #expect(seen.map(\.type) == [.added, .added])
            #expect(seen.map(\.vclusterID) == [change.vcluster.id, change.vcluster.id])
            #expect(foreign.first?.tenantID == engine.acme.data.id)
        }
    }

    @Test func subscribe_hearsOfMovesAtBothPlaces() async throws {
        try await Engine.with(workers: 0) { engine in
            let created = try await engine.create()
            let cursor = try await engine.services.changes.currentCursor()
            let feed = engine.services.changes
            let old = try await feed.subscribe(as: engine.acme.manager, since: cursor)
            let new = try await feed.subscribe(as: engine.acme.stranger, since: cursor)
            let member = try await feed.subscribe(as: engine.acme.member, since: cursor)
            let filter = ChangeFilter(tenantID: engine.acme.data.id)
            let filtered = try await feed.subscribe(as: engine.acme.admin, since: cursor, filter: filter)

            _ = try await engine.services.tenants.move(
                engine.acme.payments.id,
                to: engine.acme.data.id,
                as: engine.acme.admin
            )

            let expected: [(stream: ChangeSubscription, type: Change.ChangeType)] = [
                (old, .deleted), (new, .added), (member, .modified), (filtered, .added),
            ]
            for (stream, type) in expected {
                let move = try await within(.seconds(30), "the move arrives") {
                    // The creation may come first while an older transaction of another test is open.
                    for await case .change(let change) in stream where change.previousPath != nil {
                        return Change?(change)
                    }
                    return nil
                }
                #expect(move?.type == type)
                #expect(move?.vclusterID == created.vcluster.id)
            }
        }
    }

    @Test func subscribe_filtersByOperation() async throws {
        try await Engine.with(workers: 0) { engine in
            let first = try await engine.create("first")
            let changes = try await engine.services.changes.subscribe(
                as: engine.acme.member,
                filter: ChangeFilter(operationID: first.operation.id)
            )
            _ = try await engine.create("second")
            try await engine.operations.cancel(first.operation.id, as: engine.acme.member)

            let seen = try await within(.seconds(30), "the cancellation arrives") {
                var seen: [Change] = []
                for await case .change(let change) in changes {
                    seen.append(change)
                    if change.type == .modified { break }
                }
                return seen
            }

            #expect(seen.allSatisfy { $0.operationID == first.operation.id })
            #expect(seen.last?.type == .modified)
        }
    }

    @Test func subscribe_resumesWithoutGapAndWithoutRepetition() async throws {
        try await Engine.with(workers: 0) { engine in
            let cursor = try await engine.services.changes.currentCursor()
            for index in 0..<5 { _ = try await engine.create("c\(index)") }
            let all = try await take(10, from: engine.services.changes.subscribe(as: engine.acme.member, since: cursor))

            let rest = try await engine.services.changes.subscribe(as: engine.acme.member, since: all[3].cursor)
            _ = try await engine.create("late")

            #expect(all.map(\.cursor) == all.map(\.cursor).sorted())
            #expect(try await take(8, from: rest).prefix(6).map(\.cursor) == all.suffix(6).map(\.cursor))
        }
    }

    @Test func read_neverPassesASlowTransaction() async throws {
        try await Engine.with(workers: 0) { engine in
            let start = try await engine.services.changes.currentCursor()
            let changes = try await engine.services.changes.subscribe(as: .system("test"))
            let held = Gate()
            // Takes its transaction id and its sequence number first, commits last.
            let slow = Task {
                try await engine.database.transaction { transaction in
                    try await transaction.query(Self.record(engine.acme.payments.id, at: engine.time.now()))
                    try await held.pass()
                }
            }
            await held.arrived()
            for _ in 0..<5 {
                try await engine.database.query(Self.record(engine.acme.payments.id, at: engine.time.now()))
            }
            let unsettled = try await engine.database.query(ChangeQueries.read(after: start, limit: 100))
            #expect(unsettled.count == 5)
            #expect(try unsettled.allSatisfy { try $0.decode("settled", as: Bool.self) == false })
            held.open()
            try await slow.value

            let seen = try await take(6, from: changes)

            #expect(seen.map(\.cursor) == seen.map(\.cursor).sorted())
            #expect(Set(seen.map(\.objectID)).count == 6)
        }
    }

    @Test func read_keepsOrderUnderConcurrentWriters() async throws {
        try await Engine.with(workers: 0) { engine in
            let changes = try await engine.services.changes.subscribe(as: .system("test"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        for round in 0..<20 {
                            try await engine.database.transaction { transaction in
                                try await transaction.query(
                                    Self.record(engine.acme.payments.id, at: engine.time.now())
                                )
                                // Some transactions end much later than they began.
                                if round.isMultiple(of: 3) { try await transaction.query("SELECT pg_sleep(0.01)") }
                                try await transaction.query(
                                    Self.record(engine.acme.payments.id, at: engine.time.now())
                                )
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }

            let seen = try await take(240, from: changes)

            #expect(Set(seen.map(\.objectID)).count == 240)
            #expect(seen.map(\.cursor) == seen.map(\.cursor).sorted())
        }
    }

    @Test func subscribe_tellsThatTheCursorIsTooOld() async throws {
        try await Engine.with(workers: 0) { engine in
            let old = try await engine.services.changes.currentCursor()
            _ = try await engine.create("first")
            _ = try await take(2, from: engine.services.changes.subscribe(as: engine.acme.member, since: old))
            engine.time.advance(by: engine.limits.changes.retention + .seconds(1))
            #expect(try await engine.services.reaper.runOnce().swept == 2)

            let changes = try await engine.services.changes.subscribe(as: engine.acme.member, since: old)
            let item = try await within(.seconds(30), "the reset arrives") {
                var iterator = changes.makeAsyncIterator()
                return await iterator.next()
            }

            guard case .reset(let cursor) = item else {
                Issue.record("\(String(describing: item)) is no reset")
                return
            }
            #expect(old < cursor)
        }
    }

    @Test func subscribe_cutsOffASlowReader() async throws {
        var limits = Engine.limits
        limits.changes.bufferMax = 3
        try await Engine.with(limits: limits, workers: 0) { engine in
            let slow = try await engine.services.changes.subscribe(as: engine.acme.member)
            let watch = try await engine.services.changes.subscribe(as: engine.acme.member)
            for index in 0..<3 {
                _ = try await engine.create("c\(index)")
                _ = try await take(2, from: watch)
            }

            let count = try await within(.seconds(30), "the stream ends") {
                await slow.reduce(0) { count, _ in count + 1 }
            }

            #expect(count == 3, "what fits in the buffer, then the end")
        }
    }

    @Test func subscribe_isRefusedBeyondTheLimit() async throws {
        var limits = Engine.limits
        limits.changes.subscribersMax = 1
        try await Engine.with(limits: limits, workers: 0) { engine in
            let first = try await engine.services.changes.subscribe(as: engine.acme.member)

            let error = await #expect(throws: PortalError.self) {
                _ = try await engine.services.changes.subscribe(as: engine.acme.member)
            }

            #expect(error?.code == .unavailable)
            withExtendedLifetime(first) {}
        }
    }

    @Test func feeds_ofTwoProcessesAreWokenByTheChange() async throws {
        var limits = Engine.limits
        // No poll can be what brings a change within the time of this test.
        limits.changes.pollInterval = .seconds(600)
        try await Engine.with(limits: limits, workers: 0) { engine in
            let other = try engine.another("other").changes
            let running = Task { try await other.run() }
            defer { running.cancel() }
            let changes = try await other.subscribe(as: engine.acme.member, filter: ChangeFilter(kind: .vcluster))
            var iterator = changes.makeAsyncIterator()
            for index in 0..<15 {
                let vcluster = try await engine.create("c\(index)").vcluster.id
                guard case .change(let change) = await iterator.next() else {
                    Issue.record("the feed ended or was reset")
                    return
                }
                #expect(change.vclusterID == vcluster)
            }
        }
    }

    @Test func cursor_readsItsOwnText() {
        let cursor = ChangeCursor(transaction: 42, sequence: 7)

        #expect(ChangeCursor(cursor.description) == cursor)
        for text in ["", "1", "1-", "-1", "a-b", "1-2-3", "1--2", "18446744073709551616-1", " 1-2"] {
            #expect(ChangeCursor(text) == nil, "\(text)")
        }
    }

    private static func record(_ tenantID: TenantID, at now: Date) -> SQL {
        ChangeQueries.record(
            .vcluster,
            .modified,
            id: VClusterID().uuid,
            vclusterID: VClusterID(),
            tenantID: tenantID,
            at: now
        )
    }
}

/// The next changes of a stream.
private func take(_ count: Int, from items: ChangeSubscription) async throws -> [Change] {
    try await within(.seconds(30), "\(count) changes arrive") {
        var changes: [Change] = []
        for await item in items {
            if case .change(let change) = item { changes.append(change) }
            if changes.count == count { break }
        }
        return changes
    }
}
