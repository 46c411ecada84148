import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// What snapshots and restores do to the quotas.
@Suite(.timeLimit(.minutes(2)))
struct SnapshotQuotaTests {
    private static let spec: JSONValue = [
        "quota": ["cpu": "2", "memory": "4Gi", "storage": "10Gi", "gpus": 1, "pods": 20]
    ]
    private static let running = VClusterDemand(VClusterSpec(stored: spec), isRunning: true).amounts
    private static let paused = running.keptBySuspension
    private static let estimate = PortalLimits().snapshots.sizeEstimateBytes

    private static func with(_ snapshotBytes: Int64, _ amounts: QuotaAmounts = running) -> QuotaAmounts {
        var amounts = amounts
        amounts[.snapshotStorage] = snapshotBytes
        return amounts
    }

    @Test func snapshot_countsTheEstimateAndThenItsSize() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            let gate = engine.driver.hold("takeSnapshot")
            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            await gate.arrived()
            #expect(try await engine.used() == Self.with(Self.estimate))
            #expect(try await engine.used(engine.acme.payments.id) == Self.with(Self.estimate))

            gate.open()
            try await engine.ended(change.operation.id)
            #expect(try await engine.used() == Self.with(5 << 20))

            try await engine.vclusters.deleteSnapshot(change.snapshot.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
            #expect(try await engine.used() == Self.running)
        }
    }

    @Test func snapshot_keepsTheEstimateOfAHostThatTellsNoSize() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            engine.driver.measure(nil)

            let snapshot = try await engine.snapshot(vcluster)

            #expect(snapshot.state == .ready && snapshot.sizeBytes == nil)
            #expect(snapshot.reservedBytes == Self.estimate)
            #expect(try await engine.used() == Self.with(Self.estimate))
        }
    }

    @Test func snapshot_isRefusedWithTheLevel() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            try await engine.limit(engine.acme.engineering.id, [.snapshotStorage: Self.estimate - 1])

            let refusal = try await engine.refusal {
                try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            }

            #expect(refusal?.code == .quotaExceeded)
            #expect(refusal?.extensions["level"]?["tenantName"] == "Engineering")
            #expect(refusal?.extensions["dimension"] == "snapshotStorage")
            #expect(refusal?.extensions["missing"] == "1")
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .running)
            #expect(try await engine.vclusters.snapshots(of: vcluster.id, as: engine.acme.member).items.isEmpty)
            #expect(try await engine.used() == Self.running)
        }
    }

    @Test func archive_thatTheQuotasHaveNoRoomForIsDeletedAgain() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            try await engine.limit(engine.acme.root.id, [.snapshotStorage: Self.estimate + 1])
            engine.driver.measure(Self.estimate + 2)

            let snapshot = try await engine.snapshot(vcluster)

            #expect(snapshot.state == .failed)
            #expect(snapshot.message.contains("no room"))
            #expect(engine.driver.archives.isEmpty)
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .running)
            // Until somebody deletes what is left of it.
            #expect(try await engine.used() == Self.with(Self.estimate))
            try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
            #expect(try await engine.used() == Self.running)
        }
    }

    @Test func restore_ofASuspendedOneHasToBeAdmitted() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            let snapshot = try await engine.snapshot(vcluster)
            let id = vcluster.id
            try await engine.vclusters.suspend(id, as: engine.acme.member)
            try await engine.reach(.suspended, id)
            #expect(try await engine.used() == Self.with(5 << 20, Self.paused))
            try await engine.limit(engine.acme.engineering.id, [.cpu: 2199])

            let refusal = try await engine.refusal {
                try await engine.vclusters.restore(id, from: snapshot.id, as: engine.acme.member)
            }
            #expect(refusal?.code == .quotaExceeded)
            #expect(refusal?.extensions["level"]?["tenantName"] == "Engineering")
            #expect(refusal?.extensions["dimension"] == "cpu")
            #expect(try await engine.vclusters.get(id, as: engine.acme.member).phase == .suspended)
            #expect(engine.driver.calls("restoreSnapshot").isEmpty)
            #expect(try await engine.used() == Self.with(5 << 20, Self.paused))

            try await engine.limit(engine.acme.engineering.id, [.cpu: 2200])
            let gate = engine.driver.hold("restoreSnapshot")
            try await engine.vclusters.restore(id, from: snapshot.id, as: engine.acme.member)
            await gate.arrived()
            #expect(try await engine.used() == Self.with(5 << 20))
            gate.open()
            try await engine.reach(.running, id)
            #expect(try await engine.used() == Self.with(5 << 20))
        }
    }

    /// It would be a way around the approval of resumptions.
    @Test func restore_waitsForApprovalWhereAPolicyAsks() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            let snapshot = try await engine.snapshot(vcluster)
            try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
            try await engine.reach(.suspended, vcluster.id)
            _ = try await engine.policy(["verbs": ["restore"]])

            let request = try await engine.requested {
                try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            }
            #expect(request.verb == .restore && request.growth[.cpu] == 2200)
            #expect(request.change["snapshotName"]?.string == snapshot.name)
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .suspended)
            _ = try await engine.approvals.approve(request.id, as: engine.acme.manager)

            try await engine.reach(.running, vcluster.id)
            #expect(engine.driver.calls("restoreSnapshot").count == 1)
        }
    }

    @Test func restore_thatFailedKeepsWhatTheHostMayHave() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            let snapshot = try await engine.snapshot(vcluster)
            try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
            try await engine.reach(.suspended, vcluster.id)
            engine.driver.fail("restoreSnapshot", with: HostError(.snapshotUnreadable, "There is no archive."))

            try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            let failed = try await engine.reach(.error, vcluster.id)

            #expect(failed.reason == "SnapshotUnreadable")
            #expect(try await engine.used() == Self.with(5 << 20))
            try await engine.vclusters.retry(vcluster.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
            #expect(engine.driver.calls("restoreSnapshot").count == 2)
            #expect(try await engine.used() == Self.with(5 << 20))
        }
    }

    @Test func restore_thatNeverBeganGivesBack() async throws {
        try await Engine.with(workers: 0) { engine in
            let (vcluster, snapshot) = try await engine.whileWorking {
                let vcluster = try await engine.running(spec: Self.spec)
                let snapshot = try await engine.snapshot(vcluster)
                try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
                return (try await engine.reach(.suspended, vcluster.id), snapshot)
            }
            let change = try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            #expect(try await engine.used() == Self.with(5 << 20))

            _ = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(try await engine.used() == Self.with(5 << 20, Self.paused))
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .suspended)
        }
    }

    @Test func snapshot_thatNeverBeganIsGone() async throws {
        try await Engine.with(workers: 0) { engine in
            let vcluster = try await engine.whileWorking { try await engine.running(spec: Self.spec) }
            let change = try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
            #expect(try await engine.used() == Self.with(Self.estimate))

            _ = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(try await engine.used() == Self.running)
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .running)
            #expect(try await engine.vclusters.snapshots(of: vcluster.id, as: engine.acme.member).items.isEmpty)
        }
    }

    @Test func purge_givesBackWhatTheSnapshotsTook() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            for _ in 1...3 { try await engine.snapshot(vcluster) }
            #expect(try await engine.used() == Self.with(15 << 20))

            let purge = try await engine.vclusters.delete(vcluster.id, gracePeriod: .zero, as: engine.acme.member)
            try await engine.ended(purge.operation.id)

            #expect(try await engine.used() == .zero)
            let left = try await engine.database.query("SELECT count(*) AS count FROM snapshots")
            #expect(try left[0].decode("count", as: Int.self) == 0)
        }
    }

    /// The sum of the reservations, snapshots among them, is what the counters say.
    @Test func reconciler_findsNoDrift() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            try await engine.snapshot(vcluster)
            engine.driver.fail("takeSnapshot", with: HostError(.snapshotFailed, "no"))
            try await engine.snapshot(vcluster)

            let drift = try await engine.services.quotas.drift(as: engine.acme.admin)

            #expect(drift.counters.isEmpty)
            #expect(try await engine.used()[.snapshotStorage] == Self.estimate + 5 << 20)
        }
    }
}
