import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

/// Hosts that fail: what is retried, what ends in ERROR, and how people get out of it.
struct OperationFailureTests {
    @Test func step_retriesATransientFailureLaterAndSaysSo() async throws {
        try await Engine.with { engine in
            engine.driver.fail("install", with: HostError(.hostUnreachable, "The host alpha does not answer."))
            let change = try await engine.create()

            let waiting = try await engine.waiting("the operation waits") {
                let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
                return operation.state == .waiting ? operation : nil
            }
            #expect(waiting.reason == "HostUnreachable")
            #expect(waiting.message.contains("The host alpha does not answer."))
            #expect(waiting.message.contains("the next follows in 1 s"))
            #expect(waiting.runAt > engine.time.now())

            engine.time.advance(by: .seconds(2))
            let operation = try await engine.ended(change.operation.id)
            #expect(operation.state == .succeeded)
            #expect(operation.attempt == 2)
            #expect(operation.steps.first { $0.name == "install" }?.attempt == 2)
            #expect(operation.steps.first { $0.name == "prepareNamespace" }?.attempt == 1)
        }
    }

    @Test func step_givesUpAfterItsAttempts() async throws {
        var limits = Engine.limits
        limits.operations.attemptsMax = 3
        limits.operations.backoffMin = .zero
        try await Engine.with(limits: limits) { engine in
            engine.driver.failAlways("prepare", with: HostError(.hostUnreachable, "The host does not answer."))
            let change = try await engine.create()

            let operation = try await engine.ended(change.operation.id)

            #expect(operation.state == .failed)
            #expect(operation.reason == "HostUnreachable")
            #expect(operation.message.contains("tried 3 times"))
            #expect(engine.driver.calls("prepare").count == 3)
            let vcluster = try await engine.vclusters.get(change.vcluster.id, as: engine.acme.member)
            #expect(vcluster.phase == .error)
            #expect(vcluster.reason == "HostUnreachable")
        }
    }

    @Test(
        arguments: [
            HostFailureReason.imagePullFailed, .controlPlaneCrashed, .hostQuotaExceeded, .unschedulable,
        ]
    )
    func wait_endsWithWhatTheHostReports(_ reason: HostFailureReason) async throws {
        try await Engine.with { engine in
            engine.driver.becomeReady(false)
            engine.driver.report(HostError(reason, "Look here."))
            let change = try await engine.create()

            let vcluster = try await engine.reach(.error, change.vcluster.id)

            #expect(vcluster.reason == reason.rawValue)
            #expect(vcluster.message == "Look here.")
            #expect(vcluster.conditions.first { $0.type == .ready }?.reason == reason.rawValue)
            let operation = try await engine.operations.get(change.operation.id, as: engine.acme.member)
            #expect(operation.steps.first { $0.name == "waitUntilReady" }?.state == .failed)
        }
    }

    @Test func wait_timesOutAndSaysWhatWasSeenLast() async throws {
        var limits = Engine.limits
        limits.operations.waitTimeout = .milliseconds(50)
        try await Engine.with(limits: limits) { engine in
            engine.driver.becomeReady(false)
            let change = try await engine.create()

            let vcluster = try await engine.reach(.error, change.vcluster.id)

            #expect(vcluster.reason == "Timeout")
            #expect(vcluster.message.contains("0 of 1 replicas are ready"))
        }
    }

    @Test func create_endsWhenTheChartRefusesTheValues() async throws {
        try await Engine.with { engine in
            let change = try await engine.create()
            // The request was checked before; the host learns of another chart only now.
            engine.driver.find([FieldError(field: "spec.helmValues.x", code: "UNKNOWN_FIELD", message: "is unknown")])
            let operation = try await engine.ended(change.operation.id)

            if operation.state == .failed {
                #expect(operation.reason == "ValuesRejected")
                #expect(engine.driver.releases.isEmpty)
            }
        }
    }

    @Test func create_isRefusedAtOnceWhenTheDriverFindsProblems() async throws {
        try await Engine.with(workers: 0) { engine in
            engine.driver.find([FieldError(field: "spec.helmValues.x", code: "UNKNOWN_FIELD", message: "is unknown")])

            let error = await #expect(throws: PortalError.self) { try await engine.create() }

            #expect(error?.code == .invalidArgument)
            #expect(error?.fields.map(\.field) == ["spec.helmValues.x"])
        }
    }

    @Test func retry_goesOnFromTheLastFinishedStep() async throws {
        try await Engine.with { engine in
            engine.driver.fail("kubeconfig", with: HostError(.permissionDenied, "May not read secrets."))
            let change = try await engine.create()
            let failed = try await engine.reach(.error, change.vcluster.id)
            #expect(failed.allowedActions.contains(.retry))

            let retry = try await engine.vclusters.retry(failed.id, as: engine.acme.member)
            #expect(retry.operation.retryOf == change.operation.id)
            #expect(retry.operation.progress == 90)
            #expect(retry.vcluster.phase == .creating)
            try await engine.reach(.running, failed.id)

            #expect(engine.driver.calls("install").count == 1)
        }
    }

    /// The cause may have been removed where only the install looks: in the settings of the host.
    @Test func retry_installsAgainWhatDidNotBecomeReady() async throws {
        try await Engine.with { engine in
            engine.driver.becomeReady(false)
            engine.driver.report(HostError(.imagePullFailed, "The registry is closed."))
            let change = try await engine.create()
            let failed = try await engine.reach(.error, change.vcluster.id)
            engine.driver.becomeReady(true)
            engine.driver.report(nil)

            let retry = try await engine.vclusters.retry(failed.id, as: engine.acme.member)
            #expect(retry.operation.steps.first { $0.name == "prepareNamespace" }?.state == .succeeded)
            #expect(retry.operation.steps.first { $0.name == "install" }?.state == .pending)
            try await engine.reach(.running, failed.id)

            #expect(engine.driver.calls("install").count == 2)
            #expect(engine.driver.calls("prepare").count == 1)
        }
    }

    @Test func delete_thatFailsKeepsTheVClusterVisible() async throws {
        try await Engine.with { engine in
            let id = try await engine.running().id
            engine.driver.fail("uninstall", with: HostError(.permissionDenied, "May not delete volumes."))

            try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            let failed = try await engine.reach(.error, id)
            #expect(failed.reason == "PermissionDenied")
            #expect(failed.purgeAt == nil)

            let retry = try await engine.vclusters.retry(id, as: engine.acme.member)
            #expect(retry.operation.verb == .purge)
            #expect(try await engine.ended(retry.operation.id).state == .succeeded)
            #expect(engine.driver.releases.isEmpty)
        }
    }

    @Test func delete_ofSomethingNeverInstalledWorks() async throws {
        try await Engine.with { engine in
            engine.driver.fail("install", with: HostError(.chartMissing, "There is no chart 9.9.9."))
            let change = try await engine.create()
            try await engine.reach(.error, change.vcluster.id)

            try await engine.vclusters.delete(change.vcluster.id, as: engine.acme.member)
            try await engine.reach(.deleted, change.vcluster.id)
            try await engine.vclusters.undelete(change.vcluster.id, as: engine.acme.member)

            let back = try await engine.reach(.error, change.vcluster.id)
            #expect(back.reason == "ChartMissing")
            try await engine.vclusters.retry(change.vcluster.id, as: engine.acme.member)
            try await engine.reach(.running, change.vcluster.id)
        }
    }

    @Test func deadline_endsAnOperationThatIsRetriedForever() async throws {
        var limits = Engine.limits
        limits.operations.deadline = .seconds(60)
        try await Engine.with(limits: limits) { engine in
            let gate = engine.driver.hold("prepare")
            let change = try await engine.create()
            await gate.arrived()
            engine.time.advance(by: .seconds(61))
            gate.open()

            let operation = try await engine.ended(change.operation.id)

            #expect(operation.reason == "Timeout")
        }
    }

    @Test func wait_installsAgainWhatSomebodyRemovedMeanwhile() async throws {
        try await Engine.with { engine in
            let gate = engine.driver.hold("observe")
            let change = try await engine.create()
            await gate.arrived()
            engine.driver.tamper(change.vcluster.namespace) { _ in nil }
            gate.open()

            try await engine.reach(.running, change.vcluster.id)

            #expect(engine.driver.calls("install").count == 2)
        }
    }
}
