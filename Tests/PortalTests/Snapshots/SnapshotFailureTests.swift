import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Snapshots that fail, workers that die, and storages that are not there any more.
@Suite(.timeLimit(.minutes(2)))
struct SnapshotFailureTests {
    /// Puts archives of the host elsewhere.
    private func setStorage(_ url: String, _ engine: Engine) async throws {
        _ = try await engine.services.hosts.update(
            engine.hostID,
            HostChange(snapshotStorage: url),
            as: engine.acme.admin
        )
    }

    private static let bucket = "s3://backups/vclusters?access-key-id=a2V5&secret-access-key=c2VjcmV0"

    @Test func snapshot_thatFailsHarmsNobody() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.driver.fail("takeSnapshot", with: HostError(.snapshotFailed, "The disk is full."))

            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            let operation = try await engine.ended(change.operation.id)
            let after = try await engine.reach(.running, vcluster.id)
            let snapshot = try await engine.vclusters.snapshot(change.snapshot.id, as: engine.acme.member)

            #expect(operation.state == .failed && operation.reason == "SnapshotFailed")
            #expect(after.reason == nil && after.message.isEmpty)
            #expect(after.conditions.contains { $0.type == .ready && $0.status == .true })
            #expect(snapshot.state == .failed && snapshot.message == "The disk is full.")
        }
    }

    @Test func snapshot_triesATransientFailureAgain() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.driver.fail("takeSnapshot", with: HostError(.hostUnreachable, "The host does not answer."))
            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            try await engine.waiting("the operation waits") {
                let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
                return operation.state == .waiting ? operation : nil
            }

            engine.time.advance(by: .seconds(2))

            #expect(try await engine.ended(change.operation.id).state == .succeeded)
            #expect(engine.driver.calls("takeSnapshot").count == 2)
        }
    }

    @Test func cancel_ofASnapshotLeavesItFailedAndTheVClusterRunning() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let gate = engine.driver.hold("takeSnapshot")
            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            await gate.arrived()

            _ = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)
            let operation = try await engine.ended(change.operation.id)

            #expect(operation.state == .cancelled)
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .running)
            let snapshot = try await engine.vclusters.snapshot(change.snapshot.id, as: engine.acme.member)
            #expect(snapshot.state == .failed)
        }
    }

    @Test(arguments: [OperationVerb.snapshot, .restore, .deleteSnapshot])
    func worker_goesOnWithWhatADeadOneBegan(_ verb: OperationVerb) async throws {
        try await Engine.with(workers: 0) { engine in
            let (vcluster, snapshot) = try await engine.whileWorking {
                let vcluster = try await engine.running()
                return (vcluster, try await engine.snapshot(vcluster))
            }
            let change: SnapshotChange =
                switch verb {
                case .snapshot: try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
                case .restore:
                    try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
                default: try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
                }
            let step = try #require(change.operation.steps.first).name
            let before = engine.driver.calls(step).count
            let gate = engine.driver.hold(step)
            let first = try engine.another("dying").worker
            let dying = Task { try await first.run() }
            await gate.arrived()
            // The host is at it when the process goes.
            dying.cancel()
            _ = await dying.result

            let worker = try engine.another("heir").worker
            let running = Task { try await worker.run() }
            defer { running.cancel() }
            let operation = try await engine.ended(change.operation.id)

            #expect(operation.state == .succeeded)
            #expect(operation.steps.first?.attempt == 2)
            #expect(engine.driver.calls(step).count == before + 2)
            #expect(try await engine.reach(.running, vcluster.id).phase == .running)
            let drift = try await engine.services.quotas.drift(as: engine.acme.admin)
            #expect(drift.counters.isEmpty)
        }
    }

    /// The archive is there and its size known, and the worker dies before it has written that down.
    @Test func takeSnapshot_isRepeatedAfterADeathBetweenArchiveAndSize() async throws {
        try await Engine.with(workers: 0) { engine in
            let vcluster = try await engine.whileWorking { try await engine.running() }
            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            let dead = try await claimed(change.operation.id, by: "dead", in: engine)
            let (stored, _) = try await dead.load()
            try await dead.begin(stored.operation, vcluster)
            try await dead.advance(stored.operation, vcluster, from: nil, to: stored.operation.steps[0], progress: 0)
            try await dead.measure(change.snapshot, sizeBytes: 7 << 20, of: stored.operation)
            engine.time.advance(by: engine.limits.operations.lease + .seconds(1))

            let worker = try engine.another("heir").worker
            let running = Task { try await worker.run() }
            defer { running.cancel() }
            try await engine.ended(change.operation.id)

            let snapshot = try await engine.vclusters.snapshot(change.snapshot.id, as: engine.acme.member)
            #expect(snapshot.state == .ready && snapshot.sizeBytes == 5 << 20)
            #expect(try await engine.used()[.snapshotStorage] == 5 << 20)
            await #expect(throws: OperationStore.LeaseLost.self) {
                try await dead.measure(change.snapshot, sizeBytes: 9 << 20, of: stored.operation)
            }
        }
    }

    @Test func retry_goesOnWithTheRestoreAndNotWithASnapshot() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            let other = try await engine.snapshot(vcluster)
            engine.driver.fail("restoreSnapshot", with: HostError(.snapshotFailed, "no"))
            try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            try await engine.reach(.error, vcluster.id)
            engine.driver.fail("deleteSnapshot", with: HostError(.snapshotFailed, "no"))
            let deletion = try await engine.vclusters.deleteSnapshot(other.id, as: engine.acme.member)
            #expect(try await engine.ended(deletion.operation.id).state == .failed)
            let broken = try await engine.reach(.error, vcluster.id)
            #expect(broken.reason == "SnapshotFailed")

            let retry = try await engine.vclusters.retry(vcluster.id, as: engine.acme.member)

            #expect(retry.operation.verb == .restore)
            try await engine.reach(.running, vcluster.id)
            // One that could not be deleted can be, later.
            #expect(try await engine.vclusters.snapshot(other.id, as: engine.acme.member).state == .failed)
            try await engine.vclusters.deleteSnapshot(other.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
            let left = try await engine.vclusters.snapshots(of: vcluster.id, as: engine.acme.member).items
            #expect(left.map(\.id) == [snapshot.id])
        }
    }

    /// A restore that has happened is not made again because the wait after it failed: it would take away what is new.
    @Test func retry_doesNotRestoreTwice() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            engine.driver.becomeReady(false)
            engine.driver.report(HostError(.imagePullFailed, "no image"))
            try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            try await engine.reach(.error, vcluster.id)
            engine.driver.report(nil)
            engine.driver.becomeReady(true)

            try await engine.vclusters.retry(vcluster.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)

            #expect(engine.driver.calls("restoreSnapshot").count == 1)
        }
    }

    @Test func purge_deletesArchivesElsewhereOneByOne() async throws {
        try await Engine.with { engine in
            try await setStorage(Self.bucket, engine)
            let vcluster = try await engine.running()
            let first = try await engine.snapshot(vcluster)
            try await engine.snapshot(vcluster)
            #expect(first.storage == .s3)
            #expect(engine.driver.archives.allSatisfy { $0.hasPrefix("s3://backups/vclusters/\(vcluster.id)/") })
            try await engine.vclusters.delete(vcluster.id, as: engine.acme.member)
            try await engine.reach(.deleted, vcluster.id)

            let purge = try await engine.vclusters.delete(vcluster.id, gracePeriod: .zero, as: engine.acme.member)
            #expect(try await engine.ended(purge.operation.id).state == .succeeded)

            #expect(engine.driver.archives.isEmpty)
            #expect(engine.driver.calls("deleteSnapshot").count == 2)
        }
    }

    @Test func purge_isNotHeldUpByAnArchiveThatNobodyReaches() async throws {
        try await Engine.with { engine in
            try await setStorage(Self.bucket, engine)
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            try await setStorage("", engine)

            let refused = try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
            #expect(try await engine.ended(refused.operation.id).reason == "SnapshotUnreadable")
            let purge = try await engine.vclusters.delete(vcluster.id, gracePeriod: .zero, as: engine.acme.member)
            let operation = try await engine.ended(purge.operation.id)

            #expect(operation.state == .succeeded)
            let log = try await engine.operations.log(of: purge.operation.id, as: engine.acme.member).items
            #expect(log.contains { $0.text.contains("Delete s3://backups/vclusters/") })
            #expect(!log.contains { $0.text.contains("c2VjcmV0") })
            #expect(try await engine.used() == .zero)
        }
    }

    @Test func restore_fromAStorageThatIsGoneTouchesNothing() async throws {
        try await Engine.with { engine in
            try await setStorage(Self.bucket, engine)
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            try await setStorage("s3://other", engine)

            try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            let failed = try await engine.reach(.error, vcluster.id)

            #expect(failed.reason == "SnapshotUnreadable")
            #expect(engine.driver.calls("restoreSnapshot").isEmpty)
        }
    }

    private func claimed(_ id: OperationID, by owner: String, in engine: Engine) async throws -> OperationStore {
        let rows = try await engine.database.query(
            OperationLeaseQueries.claimDue(
                owner: owner,
                at: engine.time.now(),
                until: engine.time.now().advanced(by: engine.limits.operations.lease),
                limit: 10
            )
        )
        let row = try #require(try rows.first { try $0.decode("id") == id })
        let lease = OperationLease(operationID: id, owner: owner, token: try row.decode("lease_token"))
        return OperationStore(
            database: PortalDatabase(engine.database).elevated(for: .operations),
            time: engine.time,
            limits: engine.limits,
            lease: lease
        )
    }
}
