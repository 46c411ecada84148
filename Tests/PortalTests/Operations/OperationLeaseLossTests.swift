import FoundationEssentials
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Workers that lose a lease: they stop what runs on the host in time, and keep track of what they claim again.
struct OperationLeaseLossTests {
    @Test func worker_stopsItsStepBeforeALeaseEndsThatItCannotRenew() async throws {
        var limits = Engine.limits
        limits.operations.lease = .seconds(2)
        limits.operations.heartbeat = .milliseconds(100)
        try await Engine.with(limits: limits) { engine in
            let gate = engine.driver.hold("install")
            let change = try await engine.create()
            await gate.arrived()

            // Every heartbeat waits for the row, as for a database that does not answer.
            try await PortalDatabase(engine.database).elevated(for: .operations).transaction { transaction in
                _ = try await transaction.query(OperationQueries.lock(change.operation.id))
                try await within(.seconds(20), "the step is given up") { await gate.abandoned() }
            }
        }
    }

    @Test func worker_handsOverWhatItHasClaimedTwice() async throws {
        var limits = Engine.limits
        limits.operations.heartbeat = .seconds(10)
        try await Engine.with(limits: limits, workers: 0) { engine in
            let worker = engine.services.worker
            let running = Task { try await worker.run() }
            let first = engine.driver.hold("install")
            let change = try await engine.create()
            await first.arrived()
            let second = engine.driver.hold("install")
            engine.time.advance(by: engine.limits.operations.lease + .seconds(1))
            worker.wake()
            await second.arrived()
            // The heartbeat of the first learns that its lease is gone.
            try await engine.database.query(OperationQueries.notify(change.operation.id))
            await first.abandoned()

            running.cancel()
            _ = await running.result

            let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
            #expect(operation.state == .waiting, "nothing runs on behind the back of a worker that has stopped")
            #expect(operation.message.hasPrefix("Handed over"))
        }
    }
}
