import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

/// Trying again: what is tried, what a cancellation of it goes back to, and what it must not carry out.
struct OperationRetryTests {
    @Test func retry_leavesOutWhatWasCancelledBeforeItBegan() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.failedCreate()
            for grace in [nil, Duration.zero] {
                let deletion = try await engine.vclusters.delete(id, gracePeriod: grace, as: engine.acme.member)
                try await engine.operations.cancel(deletion.operation.id, as: engine.acme.member)

                let retry = try await engine.vclusters.retry(id, as: engine.acme.member)

                #expect(retry.operation.verb == .create, "not \(deletion.operation.verb.rawValue)")
                try await engine.operations.cancel(retry.operation.id, as: engine.acme.member)
            }
        }
    }

    @Test func retry_afterADeletionThatWasTakenBackRepairsARunningOne() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking {
                let id = try await engine.running().id
                engine.driver.failAlways("pause", with: HostError(.permissionDenied, "May not scale."))
                try await engine.vclusters.suspend(id, as: engine.acme.member)
                return try await engine.reach(.error, id).id
            }
            engine.driver.failAlways("pause", with: nil)
            let purge = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            try await engine.operations.cancel(purge.operation.id, as: engine.acme.member)

            try await engine.whileWorking {
                let retry = try await engine.vclusters.retry(id, as: engine.acme.member)
                #expect(retry.operation.verb == .suspend)
                try await engine.reach(.suspended, id)
            }
        }
    }

    @Test func cancel_ofARetriedCreateGoesBackToTheError() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.failedCreate()
            let retry = try await engine.vclusters.retry(id, as: engine.acme.member)

            let cancelled = try await engine.operations.cancel(retry.operation.id, as: engine.acme.member)

            #expect(cancelled.state == .cancelled)
            let vcluster = try await engine.vclusters.get(id, as: engine.acme.member)
            #expect(vcluster.phase == .error)
            #expect(vcluster.reason == "ChartMissing")
            #expect(vcluster.message == "There is no chart.")
            try await engine.whileWorking {
                #expect(try await engine.vclusters.retry(id, as: engine.acme.member).operation.verb == .create)
                try await engine.reach(.running, id)
            }
        }
    }

    /// The phase before the first try has other reservations than the error that it led to.
    @Test func cancel_ofARetriedResumeKeepsWhatTheHostMayHave() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking {
                let id = try await engine.running(spec: ["quota": ["cpu": "2"]]).id
                try await engine.vclusters.suspend(id, as: engine.acme.member)
                try await engine.reach(.suspended, id)
                engine.driver.failAlways("resume", with: HostError(.permissionDenied, "May not scale."))
                try await engine.vclusters.resume(id, as: engine.acme.member)
                return try await engine.reach(.error, id).id
            }
            let retry = try await engine.vclusters.retry(id, as: engine.acme.member)

            try await engine.operations.cancel(retry.operation.id, as: engine.acme.member)

            #expect(try await engine.vclusters.get(id, as: engine.acme.member).phase == .error)
            #expect(try await engine.used()[.cpu] == 2200)
        }
    }

    @Test func cancel_ofARetriedScaleKeepsTheNewSpec() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking {
                let id = try await engine.running(spec: ["backingStore": ["type": "deployedEtcd"]]).id
                engine.driver.failAlways("install", with: HostError(.valuesRejected, "no"))
                try await engine.vclusters.scale(id, to: ["replicas": 3], as: engine.acme.member)
                return try await engine.reach(.error, id).id
            }
            engine.driver.failAlways("install", with: nil)
            let retry = try await engine.vclusters.retry(id, as: engine.acme.member)

            try await engine.operations.cancel(retry.operation.id, as: engine.acme.member)

            let vcluster = try await engine.vclusters.get(id, as: engine.acme.member)
            #expect(vcluster.phase == .error)
            #expect(vcluster.spec.replicas == 3)
            #expect(vcluster.generation == 2)
            #expect(vcluster.observedGeneration == 1)
            try await engine.whileWorking {
                try await engine.vclusters.retry(id, as: engine.acme.member)
                let back = try await engine.reach(.running, id)
                #expect(engine.driver.release(in: back.namespace)?.replicas == 3)
                #expect(back.observedGeneration == 2)
            }
        }
    }

    @Test func retry_ofADeletionBeginsAnotherGracePeriod() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            engine.driver.failAlways("pause", with: HostError(.permissionDenied, "May not scale."))
            try await engine.vclusters.delete(id, gracePeriod: .seconds(3600), as: engine.acme.member)
            try await engine.reach(.error, id)
            engine.driver.failAlways("pause", with: nil)
            engine.time.advance(by: .seconds(2 * 3600))

            try await engine.vclusters.retry(id, as: engine.acme.member)

            let deleted = try await engine.reach(.deleted, id)
            #expect(deleted.purgeAt == engine.time.now().advanced(by: .seconds(3600)))
            #expect(try await engine.services.reaper.runOnce().purged == 0)
            try await engine.vclusters.undelete(id, as: engine.acme.member)
            try await engine.reach(.running, id)
        }
    }

    @Test func delete_countsItsGracePeriodFromWhenItIsDone() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            let gate = engine.driver.hold("pause")
            try await engine.vclusters.delete(id, gracePeriod: .seconds(60), as: engine.acme.member)
            await gate.arrived()
            engine.time.advance(by: .seconds(100))
            gate.open()

            let deleted = try await engine.reach(.deleted, id)

            #expect(deleted.purgeAt == engine.time.now().advanced(by: .seconds(60)))
        }
    }

    @Test func cancel_ofABegunDeletionIsNoDeletion() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            let gate = engine.driver.hold("pause")
            let change = try await engine.vclusters.delete(id, as: engine.acme.member)
            await gate.arrived()

            try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            let vcluster = try await engine.reach(.error, id)
            #expect(vcluster.deletedAt == nil)
            #expect(vcluster.purgeAt == nil)
        }
    }

    @Test func cancel_ofABegunPurgeInItsGracePeriodIsNoDeletion() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)
            let gate = engine.driver.hold("uninstall")
            let purge = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            await gate.arrived()

            try await engine.operations.cancel(purge.operation.id, as: engine.acme.member)

            let vcluster = try await engine.reach(.error, id)
            #expect(vcluster.deletedAt == nil)
            #expect(vcluster.purgeAt == nil)
        }
    }
}

extension Engine {
    /// A vcluster whose creation has failed, for a cause that is gone; nobody works afterwards.
    fileprivate func failedCreate() async throws -> VClusterID {
        try await whileWorking {
            driver.fail("install", with: HostError(.chartMissing, "There is no chart."))
            let change = try await create()
            return try await reach(.error, change.vcluster.id).id
        }
    }
}
