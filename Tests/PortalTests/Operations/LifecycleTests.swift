import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

/// The main job through the services: every verb from its request to its end on the host.
struct LifecycleTests {
    @Test func create_installsAndRuns() async throws {
        try await Engine.with { engine in
            let change = try await engine.create()
            let operationID = change.operation.id
            #expect(change.vcluster.phase == .pending)
            #expect(change.operation.state == .pending)
            #expect(change.operation.steps.map(\.weight).reduce(0, +) == 100)

            let vcluster = try await engine.reach(.running, change.vcluster.id)

            let operation = try await engine.operations.get(operationID, as: engine.acme.member)
            #expect(operation.state == .succeeded)
            #expect(operation.progress == 100)
            #expect(operation.steps.allSatisfy { $0.state == .succeeded && $0.attempt == 1 })
            #expect(vcluster.observedGeneration == 1)
            #expect(vcluster.endpoint == "https://web.example:443")
            #expect(vcluster.kubernetesVersion == "v1.33.4")
            #expect(vcluster.conditions.first { $0.type == .ready }?.status == .true)
            #expect(engine.driver.calls("install").count == 1)
            let log = try await engine.operations.log(of: operationID, as: engine.acme.member)
            #expect(log.items.map(\.text) == ["installing web", "STATUS: deployed"])
        }
    }

    @Test func create_neverMovesProgressBackwards() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            let seen = try await engine.services.changes.subscribe(
                as: engine.acme.member,
                filter: ChangeFilter(operationID: change.operation.id)
            )
            let worker = engine.services.worker
            let running = Task { try await worker.run() }
            defer { running.cancel() }

            let progress = try await within(.seconds(30), "the operation ends") {
                var progress: [Int] = []
                for await _ in seen {
                    let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
                    progress.append(operation.progress)
                    if operation.state.isFinal { break }
                }
                return progress
            }

            #expect(progress == progress.sorted())
            #expect(progress.last == 100)
        }
    }

    @Test func suspendAndResume_goThroughTheirPhases() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id

            let suspending = try await engine.vclusters.suspend(id, as: engine.acme.member)
            #expect(suspending.vcluster.phase == .suspending)
            let suspended = try await engine.reach(.suspended, id)
            #expect(suspended.conditions.first { $0.type == .ready }?.reason == "Paused")
            #expect(engine.driver.release(in: suspended.namespace)?.isPaused == true)

            let resuming = try await engine.vclusters.resume(id, as: engine.acme.member)
            #expect(resuming.vcluster.phase == .resuming)
            let running = try await engine.reach(.running, id)
            #expect(engine.driver.release(in: running.namespace)?.isPaused == false)
            #expect(running.generation == 1)
        }
    }

    @Test func scale_bumpsTheGenerationAndApplies() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: ["backingStore": ["type": "deployedEtcd"]]).id

            let change = try await engine.vclusters.scale(id, to: ["replicas": 3], as: engine.acme.member)
            #expect(change.vcluster.phase == .scaling)
            #expect(change.vcluster.generation == 2)
            #expect(change.vcluster.observedGeneration == 1)
            let vcluster = try await engine.reach(.running, id)

            #expect(vcluster.spec.replicas == 3)
            #expect(vcluster.observedGeneration == 2)
            #expect(engine.driver.release(in: vcluster.namespace)?.replicas == 3)
        }
    }

    @Test func delete_isSoftAndUndeleteBringsBack() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id

            try await engine.vclusters.delete(id, as: engine.acme.member)
            let deleted = try await engine.reach(.deleted, id)
            #expect(deleted.purgeAt == engine.time.now().advanced(by: .seconds(72 * 3600)))
            #expect(engine.driver.release(in: deleted.namespace)?.isPaused == true)

            try await engine.vclusters.undelete(id, as: engine.acme.member)
            let back = try await engine.reach(.running, id)
            #expect(back.deletedAt == nil)
            #expect(back.purgeAt == nil)
            #expect(engine.driver.release(in: back.namespace)?.isPaused == false)
        }
    }

    @Test func undelete_ofASuspendedOneStaysSuspended() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            try await engine.vclusters.suspend(id, as: engine.acme.member)
            try await engine.reach(.suspended, id)
            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)

            try await engine.vclusters.undelete(id, as: engine.acme.member)

            let back = try await engine.reach(.suspended, id)
            #expect(engine.driver.release(in: back.namespace)?.isPaused == true)
        }
    }

    @Test func delete_withoutGraceRemovesEverythingAndFreesTheName() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id

            let change = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            #expect(change.operation.verb == .purge)
            try await engine.ended(change.operation.id)

            #expect(engine.driver.releases.isEmpty)
            await #expect(throws: PortalError.self) { try await engine.vclusters.get(id, as: engine.acme.admin) }
            let again = try await engine.running()
            #expect(again.id != id)
        }
    }

    @Test func delete_ofASoftDeletedOneWithoutGraceEndsTheGracePeriod() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)

            let change = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)

            #expect(try await engine.ended(change.operation.id).state == .succeeded)
            #expect(engine.driver.releases.isEmpty)
        }
    }

    @Test func reaper_purgesAfterTheGracePeriodAndExpiresOnTime() async throws {
        try await Engine.with { engine in
            let deleted = try await engine.running("old").id
            try await engine.vclusters.delete(deleted, as: engine.acme.member)
            try await engine.reach(.deleted, deleted)
            let expiring = try await engine.running("short-lived").id
            let expiry = engine.time.now().advanced(by: .seconds(72 * 3600))
            _ = try await engine.vclusters.update(
                expiring,
                VClusterPatch(expiresAt: .some(expiry)),
                as: engine.acme.member
            )
            #expect(try await engine.services.reaper.runOnce() == Reaper.Pass())

            engine.time.advance(by: .seconds(72 * 3600 + 1))
            let pass = try await engine.services.reaper.runOnce()

            #expect(pass.purged == 1)
            #expect(pass.expired == 1)
            try await engine.reach(.deleted, expiring)
            try await engine.waiting("the purge ends") {
                engine.driver.releases.count == 1 ? true : nil
            }
        }
    }

    @Test func reaper_triesAnExpiryAgainThatFailed() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            let expiry = engine.time.now().advanced(by: .seconds(3600))
            _ = try await engine.vclusters.update(id, VClusterPatch(expiresAt: .some(expiry)), as: engine.acme.member)
            engine.time.advance(by: .seconds(3601))
            engine.driver.failAlways("pause", with: HostError(.permissionDenied, "May not scale."))

            #expect(try await engine.services.reaper.runOnce().expired == 1)
            #expect(try await engine.reach(.error, id).expiresAt == expiry)
            #expect(try await engine.services.reaper.runOnce().expired == 0, "not again so soon")
            engine.driver.failAlways("pause", with: nil)
            engine.time.advance(by: engine.limits.vclusters.expiryRetryInterval + .seconds(1))
            #expect(try await engine.services.reaper.runOnce().expired == 1)

            #expect(try await engine.reach(.deleted, id).expiresAt == nil)
            try await engine.vclusters.undelete(id, as: engine.acme.member)
            try await engine.reach(.error, id)
            #expect(try await engine.services.reaper.runOnce().expired == 0, "who brings it back wants it")
        }
    }

    @Test func adopt_takesOverAReleaseWithItsSpec() async throws {
        try await Engine.with { engine in
            engine.driver.tamper("legacy") { _ in ScriptedDriver.Release(replicas: 1, generation: 0) }
            engine.driver.discover([
                DiscoveredRelease(
                    release: "old-one",
                    namespace: "legacy",
                    chartVersion: "0.33.0",
                    kubernetesVersion: "1.33.4",
                    values: ["controlPlane": ["distro": ["k8s": ["version": "v1.33.4"]]], "sync": [:]]
                )
            ])

            let change = try await engine.vclusters.adopt(
                release: "old-one",
                namespace: "legacy",
                on: engine.hostID,
                for: engine.acme.payments.id,
                by: engine.acme.admin
            )
            let vcluster = try await engine.reach(.running, change.vcluster.id)

            #expect(vcluster.namespace == "legacy")
            #expect(vcluster.spec.kubernetesVersion == "v1.33.4")
            #expect(vcluster.spec.helmValues == ["sync": [:]])
            #expect(engine.driver.release(in: "legacy")?.owner == vcluster.id.description)
            #expect(engine.driver.calls("install").isEmpty)
        }
    }

    @Test func events_tellTheStoryNewestFirst() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            try await engine.vclusters.suspend(id, as: engine.acme.member)
            try await engine.reach(.suspended, id)

            let page = try await engine.vclusters.events(of: id, try PageRequest(size: 3), as: engine.acme.viewer)
            let rest = try await engine.vclusters.events(
                of: id,
                try PageRequest(size: 3, token: page.nextPageToken),
                as: engine.acme.viewer
            )

            #expect(page.items.map(\.reason) == ["Suspended", "Requested", "Created"])
            #expect(rest.items.map(\.reason) == ["Requested"])
            #expect(rest.items.first?.actorName == "member")
        }
    }
}
