import FoundationEssentials
import JSON
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Leases: take-over after a crash, fencing of zombies, hand-over at a stop, and exactly one execution.
struct OperationLeaseTests {
    @Test func worker_takesOverAfterTheLeaseAndGoesOnAtTheLastStep() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            let dead = try await claimed(change.operation.id, by: "dead", in: engine)
            let (stored, vcluster) = try await dead.load()
            try await dead.begin(stored.operation, vcluster)
            let steps = stored.operation.steps
            try await dead.advance(stored.operation, vcluster, from: nil, to: steps[0], progress: 0)
            try await dead.advance(stored.operation, vcluster, from: steps[0], to: steps[1], progress: 5)
            // kill -9: nothing more is heard of it.
            engine.time.advance(by: engine.limits.operations.lease + .seconds(1))

            let worker = engine.services.worker
            let running = Task { try await worker.run() }
            defer { running.cancel() }
            let operation = try await engine.ended(change.operation.id)

            #expect(operation.state == .succeeded)
            #expect(operation.attempt == 2)
            #expect(operation.steps[0].attempt == 1)
            #expect(operation.steps[1].attempt == 2)
            #expect(engine.driver.calls("install").count == 1)
        }
    }

    @Test func store_refusesEveryWriteOfAZombie() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            let zombie = try await claimed(change.operation.id, by: "zombie", in: engine)
            let (stored, vcluster) = try await zombie.load()
            try await zombie.begin(stored.operation, vcluster)
            engine.time.advance(by: engine.limits.operations.lease + .seconds(1))
            let heir = try await claimed(change.operation.id, by: "heir", in: engine, expired: true)
            let step = stored.operation.steps[0]

            await #expect(throws: OperationStore.LeaseLost.self) { try await zombie.heartbeat() }
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await zombie.advance(stored.operation, vcluster, from: step, to: nil, progress: 99)
            }
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await zombie.note(stored.operation, vcluster, step: step.name, message: "boo", progress: 99)
            }
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await zombie.fail(stored, step: step, error: HostError(.unknown, "boo"))
            }
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await zombie.succeed(stored, observation: nil, last: step)
            }
            await #expect(throws: OperationStore.LeaseLost.self) { try await zombie.cancelled(stored) }
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await zombie.release(
                    stored.operation,
                    vcluster,
                    runAt: engine.time.now(),
                    error: nil,
                    message: "boo"
                )
            }
            await StepLog(store: zombie, step: step.name).append("boo")

            let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
            let log = try await engine.operations.log(of: change.operation.id, as: engine.acme.member)
            #expect(operation.state == .running)
            #expect(operation.progress == 0)
            #expect(operation.message.isEmpty)
            #expect(log.items.isEmpty)
            #expect(try await heir.heartbeat() == false)
        }
    }

    @Test func store_fencesTheSameOwnerByItsToken() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            let first = try await claimed(change.operation.id, by: "same", in: engine)
            engine.time.advance(by: engine.limits.operations.lease + .seconds(1))
            let second = try await claimed(change.operation.id, by: "same", in: engine, expired: true)

            await #expect(throws: OperationStore.LeaseLost.self) { try await first.heartbeat() }
            #expect(try await second.heartbeat() == false)
        }
    }

    @Test func claim_skipsWhatAnotherWorkerHolds() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            _ = try await claimed(change.operation.id, by: "first", in: engine)

            let rows = try await engine.database.query(
                OperationLeaseQueries.claimDue(
                    owner: "second",
                    at: engine.time.now(),
                    until: engine.time.now().advanced(by: .seconds(15)),
                    limit: 10
                )
            )

            #expect(rows.isEmpty)
        }
    }

    @Test func worker_handsOverAtAStopSoThatAnotherGoesOnAtOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            let gate = engine.driver.hold("install")
            let change = try await engine.create()
            let first = engine.services.worker
            let stopping = Task { try await first.run() }
            await gate.arrived()

            stopping.cancel()
            _ = await stopping.result
            let released = try await engine.operations.get(change.operation.id, as: engine.acme.member)
            #expect(released.state == .waiting)
            #expect(released.message.contains("Handed over"))

            // The clock has not moved: no lease had to expire.
            let second = try engine.another("second").worker
            let running = Task { try await second.run() }
            defer { running.cancel() }
            #expect(try await engine.ended(change.operation.id).state == .succeeded)
        }
    }

    @Test func workers_ofTwoProcessesRunEachOperationOnce() async throws {
        try await TestDatabase.withLease(configure: { $0.poolSize = 8 }) { leased in
            // A second pool stands for a second process.
            var configuration = PostgresConfiguration(url: leased.url, poolSize: 8)
            configuration.waitTimeout = .seconds(30)
            let other = try PostgresDatabase(
                configuration: configuration,
                group: leased.group,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let outcome = try await Self.race(leased.database, other, count: 200)
            await other.close()

            #expect(outcome.running == 200)
            #expect(outcome.installs == 200)
            #expect(outcome.attemptsMax == 1)
            #expect(outcome.owners.count == 2, "both processes took part: \(outcome.owners)")
        }
    }

    private struct Outcome: Sendable {
        var running: Int
        var installs: Int
        var attemptsMax: Int
        var owners: [String: Int]
    }

    /// Creates vclusters through one process while two carry them out.
    private static func race(_ one: PostgresDatabase, _ two: PostgresDatabase, count: Int) async throws -> Outcome {
        var limits = Engine.limits
        limits.operations.lease = .seconds(600)
        let time = ManualTime()
        let driver = ScriptedDriver()
        let acme = try await TestOrganization.make(in: one, time: time)
        let first = try Engine.services(one, driver: driver, time: time, limits: limits, name: "one")
        let second = try Engine.services(two, driver: driver, time: time, limits: limits, name: "two")
        _ = try await first.hosts.create(NewHost(name: "alpha", driver: .simulated), as: .system("test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await second.changes.run() }
            let changes = try await second.changes.subscribe(
                as: .system("test"),
                filter: ChangeFilter(kind: .vcluster)
            )
            for index in 0..<count {
                _ = try await first.vclusters.create(
                    NewVCluster(tenantID: acme.payments.id, name: "c\(index)"),
                    as: acme.member
                )
            }
            group.addTask { try await first.worker.run() }
            group.addTask { try await second.worker.run() }
            defer { group.cancelAll() }
            try await within(.seconds(120), "all vclusters run") {
                for await _ in changes {
                    let counts = try await first.vclusters.counts(as: acme.admin)
                    if counts[.running] == count { return }
                }
                // A burst may outrun the buffer of one subscriber; what counts is the end.
                while try await first.vclusters.counts(as: acme.admin)[.running] != count {
                    await Task.yield()
                }
            }
            let row = try await one.query("SELECT max(attempt) AS attempts FROM operations").first
            return Outcome(
                running: try await first.vclusters.counts(as: acme.admin)[.running] ?? 0,
                installs: driver.calls("install").count,
                attemptsMax: try row?.decode("attempts") ?? 0,
                owners: ["one": first.worker.completed, "two": second.worker.completed].filter { $0.value > 0 }
            )
        }
    }

    /// Helm writes to both of its outputs at once; a refusal's own words were lost to the line before them.
    @Test func log_losesNoLineOfThoseThatComeAtOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            let store = try await claimed(change.operation.id, by: "worker", in: engine)
            let log = StepLog(store: store, step: "install")

            await withTaskGroup { group in
                for number in 0..<32 { group.addTask { await log.append("\(number) begins\n\(number) ends") } }
            }

            let lines = try await engine.operations.log(
                of: change.operation.id,
                try PageRequest(size: 100),
                as: engine.acme.member
            )
            .items.map(\.text)
            let numbers = try lines.filter { $0.hasSuffix("begins") }.map { line in
                try #require(line.split(separator: " ").first.map(String.init))
            }
            #expect(lines == numbers.flatMap { ["\($0) begins", "\($0) ends"] }, "lines of one text stay together")
            #expect(Set(numbers) == Set((0..<32).map(String.init)))
        }
    }

    /// Claims an operation as a worker would.
    private func claimed(
        _ id: OperationID,
        by owner: String,
        in engine: Engine,
        expired: Bool = false
    ) async throws -> OperationStore {
        let now = engine.time.now()
        let until = now.advanced(by: engine.limits.operations.lease)
        let statement =
            expired
            ? OperationLeaseQueries.claimExpired(owner: owner, at: now, until: until, limit: 10)
            : OperationLeaseQueries.claimDue(owner: owner, at: now, until: until, limit: 10)
        let row = try #require(try await engine.database.query(statement).first)
        #expect(try row.decode("id", as: OperationID.self) == id)
        return OperationStore(
            database: PortalDatabase(engine.database).elevated(for: .operations),
            time: engine.time,
            limits: engine.limits,
            lease: OperationLease(operationID: id, owner: owner, token: try row.decode("lease_token"))
        )
    }
}
