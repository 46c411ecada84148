import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Testing

/// What the drift watcher finds, writes and leaves alone.
struct DriftWatcherTests {
    @Test func runOnce_reportsWhatChangedOnTheHostAndThatItIsWellAgain() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.time.advance(by: .seconds(120))
            engine.driver.tamper(vcluster.namespace) { release in
                var release = release
                release?.isPaused = true
                return release
            }

            #expect(try await engine.services.driftWatcher.runOnce() == 1)
            let drifted = try await engine.vclusters.get(vcluster.id, as: engine.acme.member)
            #expect(drifted.phase == .running)
            #expect(drifted.condition(.drifted)?.status == .true)
            #expect(drifted.condition(.drifted)?.reason == "ScaledDownExternally")
            #expect(drifted.condition(.ready)?.status == .false)
            let events = try await engine.vclusters.events(of: vcluster.id, as: engine.acme.member)
            #expect(events.items.contains { $0.reason == "ScaledDownExternally" && $0.type == .warning })

            engine.time.advance(by: .seconds(120))
            engine.driver.tamper(vcluster.namespace) { release in
                var release = release
                release?.isPaused = false
                return release
            }
            _ = try await engine.services.driftWatcher.runOnce()
            let well = try await engine.vclusters.get(vcluster.id, as: engine.acme.member)
            #expect(well.condition(.drifted)?.status == .false)
            #expect(well.condition(.ready)?.status == .true)
        }
    }

    @Test func runOnce_reportsAMissingRelease() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.time.advance(by: .seconds(120))
            engine.driver.tamper(vcluster.namespace) { _ in nil }

            _ = try await engine.services.driftWatcher.runOnce()

            let seen = try await engine.vclusters.get(vcluster.id, as: engine.acme.member)
            #expect(seen.condition(.drifted)?.reason == "ReleaseMissing")
            try await engine.vclusters.update(vcluster.id, VClusterPatch(spec: [:]), as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
            #expect(engine.driver.release(in: vcluster.namespace) != nil, "the same spec, applied again")
        }
    }

    @Test func runOnce_reportsASilentHostAndKeepsWhatItKnew() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            engine.time.advance(by: .seconds(120))
            engine.driver.failAlways("observe", with: HostError(.hostUnreachable, "No answer."))

            _ = try await engine.services.driftWatcher.runOnce()

            let seen = try await engine.vclusters.get(vcluster.id, as: engine.acme.member)
            #expect(seen.condition(.hostReachable)?.status == .false)
            #expect(seen.condition(.ready)?.status == .unknown)
            #expect(seen.condition(.drifted)?.status == .false)
        }
    }

    @Test func runOnce_writesNothingWhenNothingIsNew() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            engine.time.advance(by: .seconds(120))
            _ = try await engine.services.driftWatcher.runOnce()
            let before = try await engine.vclusters.get(id, as: engine.acme.member)

            engine.time.advance(by: .seconds(120))
            #expect(try await engine.services.driftWatcher.runOnce() == 1)

            #expect(try await engine.vclusters.get(id, as: engine.acme.member) == before)
            #expect(try await engine.services.driftWatcher.runOnce() == 0, "looked at a moment ago")
        }
    }

    @Test func runOnce_leavesAVClusterAloneThatIsBeingChanged() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            engine.time.advance(by: .seconds(120))
            let gate = engine.driver.hold("observe")
            let pass = Task { try await engine.services.driftWatcher.runOnce() }
            await gate.arrived()
            // While the watcher looks, somebody suspends it.
            try await engine.vclusters.suspend(id, as: engine.acme.member)
            let suspended = try await engine.reach(.suspended, id)
            engine.driver.tamper(suspended.namespace) { _ in nil }
            gate.open()
            _ = try await pass.value

            #expect(try await engine.vclusters.get(id, as: engine.acme.member) == suspended)
        }
    }
}

extension VCluster {
    fileprivate func condition(_ type: VClusterCondition.Kind) -> VClusterCondition? {
        conditions.first { $0.type == type }
    }
}
