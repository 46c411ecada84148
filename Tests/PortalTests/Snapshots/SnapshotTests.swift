import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Taking, restoring and deleting snapshots through the services and a worker.
@Suite(.timeLimit(.minutes(2)))
struct SnapshotTests {
    @Test func take_keepsWhatTheVClusterHasWhileItRuns() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.driver.write(41, in: vcluster)
            let gate = engine.driver.hold("takeSnapshot")

            let change = try await engine.vclusters.takeSnapshot(
                of: vcluster.id,
                NewSnapshot(name: "first", description: "Before the upgrade"),
                as: engine.acme.member
            )
            await gate.arrived()
            let during = try await engine.vclusters.get(vcluster.id, as: engine.acme.member)
            gate.open()
            try await engine.reach(.running, vcluster.id)
            let snapshot = try await engine.vclusters.snapshot(change.snapshot.id, as: engine.acme.viewer)

            #expect(change.vcluster.phase == .snapshotting && during.phase == .snapshotting)
            #expect(change.snapshot.state == .pending && change.snapshot.sizeBytes == nil)
            #expect(snapshot.state == .ready && snapshot.sizeBytes == 5 << 20)
            #expect(snapshot.readyAt == engine.time.now())
            #expect(snapshot.kubernetesVersion == "v1.33.4" && snapshot.chartVersion == "0.33.0")
            #expect(snapshot.createdByName == engine.acme.member.user.name)
            #expect(snapshot.storage == .ownVolume)
            #expect(engine.driver.archives == ["container:///data/snapshot-\(snapshot.id).tar.gz"])
            let operation = try await engine.ended(change.operation.id)
            #expect(operation.steps.map(\.name) == ["takeSnapshot", "finish"])
            let events = try await engine.vclusters.events(of: vcluster.id, as: engine.acme.member).items
            #expect(events.contains { $0.reason == "SnapshotTaken" })
        }
    }

    @Test func restore_bringsBackTheDataAndKeepsTheSettings() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: ["quota": ["cpu": "1"]])
            engine.driver.write(1, in: vcluster)
            let snapshot = try await engine.snapshot(vcluster)
            engine.driver.write(2, in: vcluster)
            try await engine.vclusters.scale(vcluster.id, to: ["quota": ["cpu": "2"]], as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)

            let change = try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            #expect(change.vcluster.phase == .restoring)
            let restored = try await engine.reach(.running, vcluster.id)

            #expect(engine.driver.release(in: vcluster.namespace)?.data == 1)
            #expect(restored.spec.quota.cpu == Quantity("2"))
            #expect(try await engine.vclusters.snapshot(snapshot.id, as: engine.acme.member).state == .ready)
        }
    }

    @Test func restore_ofASuspendedOneEndsRunning() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
            try await engine.reach(.suspended, vcluster.id)

            try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)

            try await engine.reach(.running, vcluster.id)
            #expect(engine.driver.release(in: vcluster.namespace)?.isPaused == false)
        }
    }

    /// The limits inside are a part of what a snapshot has, so those of now have to be sent again.
    @Test func restore_limitsNamespacesAnew() async throws {
        try await Engine.with { engine in
            let spec: JSONValue = ["innerQuotas": [["namespace": "default", "hard": ["pods": "3"]]]]
            let vcluster = try await engine.running(spec: spec)
            let snapshot = try await engine.snapshot(vcluster)
            let before = engine.driver.calls("limitNamespaces").count

            let change = try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)

            let operation = try await engine.ended(change.operation.id)
            #expect(operation.steps.map(\.name).contains("limitNamespaces"))
            #expect(engine.driver.calls("limitNamespaces").count == before + 1)
        }
    }

    /// What is counted is the spec, so the host has to get the one that a failed change did not bring there.
    @Test func restore_afterAFailedScaleInstallsTheSpecToo() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: ["quota": ["cpu": "1"]])
            let snapshot = try await engine.snapshot(vcluster)
            engine.driver.failAlways("install", with: HostError(.valuesRejected, "no"))
            try await engine.vclusters.scale(vcluster.id, to: ["quota": ["cpu": "2"]], as: engine.acme.member)
            try await engine.reach(.error, vcluster.id)
            engine.driver.failAlways("install", with: nil)

            let change = try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
            let restored = try await engine.reach(.running, vcluster.id)

            #expect(change.operation.steps.map(\.name).prefix(2) == ["restoreSnapshot", "install"])
            #expect(change.operation.steps.reduce(0) { $0 + $1.weight } == 100)
            #expect(restored.observedGeneration == restored.generation && restored.spec.quota.cpu == Quantity("2"))
        }
    }

    @Test func restore_needsASnapshotOfThisVClusterThatIsReady() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let other = try await engine.running("other")
            let foreign = try await engine.snapshot(other)
            engine.driver.fail("takeSnapshot", with: HostError(.snapshotFailed, "no"))
            let failed = try await engine.snapshot(vcluster)

            let wrong = try await engine.refusal {
                try await engine.vclusters.restore(vcluster.id, from: foreign.id, as: engine.acme.member)
            }
            let broken = try await engine.refusal {
                try await engine.vclusters.restore(vcluster.id, from: failed.id, as: engine.acme.member)
            }

            #expect(wrong?.code == .invalidArgument && wrong?.fields.map(\.field) == ["snapshotId"])
            #expect(broken?.code == .conflict)
            #expect(try await engine.vclusters.get(vcluster.id, as: engine.acme.member).phase == .running)
        }
    }

    @Test func delete_removesTheArchiveAndTheRow() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
            try await engine.reach(.suspended, vcluster.id)

            let change = try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
            #expect(change.snapshot.state == .deleting && change.vcluster.phase == .snapshotting)
            try await engine.reach(.suspended, vcluster.id)

            #expect(engine.driver.archives.isEmpty)
            let gone = try await engine.refusal {
                try await engine.vclusters.snapshot(snapshot.id, as: engine.acme.member)
            }
            #expect(gone?.code == .notFound)
        }
    }

    @Test func list_isNewestFirstAndPaged() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            for name in ["a", "b", "c"] { try await engine.snapshot(vcluster, name) }

            let first = try await engine.vclusters.snapshots(
                of: vcluster.id,
                PageRequest(size: 2),
                as: engine.acme.viewer
            )
            let rest = try await engine.vclusters.snapshots(
                of: vcluster.id,
                PageRequest(size: 2, token: first.nextPageToken),
                as: engine.acme.viewer
            )

            #expect(first.items.map(\.name) == ["c", "b"])
            #expect(rest.items.map(\.name) == ["a"] && rest.nextPageToken == nil)
        }
    }

    @Test func take_isRefusedForWhatIsWrongWithIt() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            try await engine.snapshot(vcluster, "taken")
            func refusal(_ new: NewSnapshot, as caller: Caller) async throws -> PortalError? {
                try await engine.refusal { try await engine.vclusters.takeSnapshot(of: vcluster.id, new, as: caller) }
            }
            let acme = engine.acme

            #expect(try await refusal(NewSnapshot(name: "taken"), as: acme.member)?.code == .alreadyExists)
            let wrong = try await refusal(NewSnapshot(name: "No", description: "\u{7}"), as: acme.member)
            #expect(wrong?.fields.map(\.field) == ["name", "description"])
            #expect(try await refusal(NewSnapshot(), as: acme.viewer)?.code == .forbidden)
            #expect(try await refusal(NewSnapshot(), as: acme.stranger)?.code == .notFound)
            let hand = engine.database
            for number in 1..<PortalLimits.Snapshots.perVClusterMax {
                try await hand.execute(
                    """
                    INSERT INTO snapshots (id, tenant_id, vcluster_id, reserved_bytes, created_at, state, name, location,
                        created_by_name, spec)
                    SELECT gen_random_uuid(), tenant_id, id, 0, created_at, 'failed', \("n-\(number)"), '', '', spec
                    FROM vclusters WHERE id = \(vcluster.id)
                    """
                )
            }
            #expect(try await refusal(NewSnapshot(), as: acme.member)?.code == .conflict)
        }
    }

    @Test func snapshots_areNotThereForStrangersAndNotChangedByViewers() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            let vclusters = engine.vclusters
            let acme = engine.acme
            for (caller, code) in [(acme.stranger, PortalError.Code.notFound), (acme.viewer, .forbidden)] {
                let deletion = try await engine.refusal { try await vclusters.deleteSnapshot(snapshot.id, as: caller) }
                let restore = try await engine.refusal {
                    try await vclusters.restore(vcluster.id, from: snapshot.id, as: caller)
                }
                #expect(deletion?.code == code && restore?.code == code)
            }
            let list = try await engine.refusal { try await vclusters.snapshots(of: vcluster.id, as: acme.stranger) }
            #expect(list?.code == .notFound)
        }
    }

    @Test func rules_takeBothVerbsAway() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster)
            try await engine.rule(
                [.vclustersSnapshot, .vclustersRestore],
                at: engine.acme.payments,
                as: engine.acme.admin
            )
            let refusals = [
                try await engine.refusal {
                    try await engine.vclusters.takeSnapshot(of: vcluster.id, as: engine.acme.member)
                },
                try await engine.refusal {
                    try await engine.vclusters.restore(vcluster.id, from: snapshot.id, as: engine.acme.member)
                },
                try await engine.refusal {
                    try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
                },
            ]
            #expect(refusals.map { $0?.code } == [.forbidden, .forbidden, .forbidden])
        }
    }

    @Test func audit_namesTheSnapshot() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let snapshot = try await engine.snapshot(vcluster, "first")
            try await engine.vclusters.deleteSnapshot(snapshot.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)

            let entries = try await engine.services.audit.list(as: engine.acme.admin).items

            for verb in ["vcluster.snapshot", "vcluster.deleteSnapshot"] {
                let entry = entries.first { $0.verb == verb }
                #expect(entry?.after?.contains("\"name\":\"first\"") == true, "\(verb): \(entry?.after ?? "")")
            }
        }
    }
}

extension Engine {
    /// Takes a snapshot and waits until it is there, or has failed.
    @discardableResult
    func snapshot(_ vcluster: VCluster, _ name: String? = nil) async throws -> Snapshot {
        let new = NewSnapshot(name: name ?? "s-\(UUID().uuidString.prefix(8).lowercased())")
        let change = try await vclusters.takeSnapshot(of: vcluster.id, new, as: acme.member)
        try await ended(change.operation.id)
        return try await vclusters.snapshot(change.snapshot.id, as: acme.member)
    }
}

extension ScriptedDriver {
    /// What people write into a vcluster.
    func write(_ data: Int, in vcluster: VCluster) {
        tamper(vcluster.namespace) { release in
            var release = release
            release?.data = data
            return release
        }
    }
}
