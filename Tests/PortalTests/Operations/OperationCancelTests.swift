import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

/// Cancellation in every state of an operation.
struct OperationCancelTests {
    @Test func cancel_ofAPendingCreateRemovesTheVCluster() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()

            let cancelled = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(cancelled.state == .cancelled)
            let error = await #expect(throws: PortalError.self) {
                try await engine.vclusters.get(change.vcluster.id, as: engine.acme.member)
            }
            #expect(error?.code == .notFound)
            #expect(engine.driver.calls.isEmpty)
        }
    }

    @Test func delete_ofAPendingOneCancelsItsCreation() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()

            let deletion = try await engine.vclusters.delete(change.vcluster.id, as: engine.acme.member)

            #expect(deletion.operation.id == change.operation.id)
            #expect(deletion.operation.state == .cancelled)
            #expect(deletion.vcluster.phase == .deleted)
            let page = try await engine.vclusters.list(as: engine.acme.admin)
            #expect(page.items.isEmpty)
        }
    }

    @Test func cancel_ofAPendingScaleGoesBackToTheOldSpec() async throws {
        try await Engine.with(workers: 0) { engine in
            let worker = engine.services.worker
            let running = Task { try await worker.run() }
            let id = try await engine.running(spec: ["backingStore": ["type": "deployedEtcd"]]).id
            running.cancel()
            _ = await running.result
            let change = try await engine.vclusters.scale(id, to: ["replicas": 3], as: engine.acme.member)

            try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            let vcluster = try await engine.vclusters.get(id, as: engine.acme.member)
            #expect(vcluster.phase == .running)
            #expect(vcluster.spec.replicas == 1)
            #expect(vcluster.generation == 3)
            #expect(vcluster.observedGeneration == 3, "the host has what it had")
            #expect(vcluster.activeOperationID == nil)
        }
    }

    @Test func cancel_ofARunningCreateEndsInErrorAndCanBeRetried() async throws {
        try await Engine.with { engine in
            let gate = engine.driver.hold("install")
            let change = try await engine.create()
            await gate.arrived()

            let asked = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)
            #expect(asked.state == .running)
            #expect(asked.isCancelRequested)
            let operation = try await engine.ended(change.operation.id)

            #expect(operation.state == .cancelled)
            #expect(operation.steps.last?.state == .skipped)
            let vcluster = try await engine.vclusters.get(change.vcluster.id, as: engine.acme.member)
            #expect(vcluster.phase == .error)
            #expect(vcluster.reason == "Cancelled")
            try await engine.vclusters.retry(vcluster.id, as: engine.acme.member)
            try await engine.reach(.running, vcluster.id)
        }
    }

    @Test func cancel_ofAWaitingOperationTakesEffectAtOnce() async throws {
        try await Engine.with { engine in
            engine.driver.failAlways("prepare", with: HostError(.hostUnreachable, "No answer."))
            let change = try await engine.create()
            try await engine.waiting("the operation waits") {
                let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
                return operation.state == .waiting ? true : nil
            }

            let cancelled = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(cancelled.state == .cancelled)
            let vcluster = try await engine.vclusters.get(change.vcluster.id, as: engine.acme.member)
            #expect(vcluster.phase == .error)
        }
    }

    @Test func cancel_ofAnEndedOperationIsAConflict() async throws {
        try await Engine.with { engine in
            let change = try await engine.create()
            try await engine.ended(change.operation.id)

            let error = await #expect(throws: PortalError.self) {
                try await engine.operations.cancel(change.operation.id, as: engine.acme.member)
            }

            #expect(error?.code == .conflict)
        }
    }

    @Test func cancel_needsThePermissionAndToSeeTheOperation() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()

            let viewer = await #expect(throws: PortalError.self) {
                try await engine.operations.cancel(change.operation.id, as: engine.acme.viewer)
            }
            let stranger = await #expect(throws: PortalError.self) {
                try await engine.operations.cancel(change.operation.id, as: engine.acme.stranger)
            }

            #expect(viewer?.code == .forbidden)
            #expect(stranger?.code == .notFound)
        }
    }
}
