import FoundationEssentials
import JSON
@testable import Portal
import Testing

/// The pure parts of the engine: plans, back-off, patience, stored parameters.
struct OperationPlanTests {
    @Test(arguments: OperationVerb.allCases)
    func steps_addUpToOneHundredAndEndWithFinish(_ verb: OperationVerb) {
        for phase in [VClusterPhase.running, .suspended, .error] {
            var parameters = OperationParameters(stored: [:])
            parameters.phaseBeforeDelete = phase

            let steps = OperationPlan.steps(of: verb, parameters: parameters)

            #expect(steps.map(\.weight).reduce(0, +) == 100)
            #expect(steps.last?.kind == .finish)
            #expect(Set(steps.map(\.kind)).count == steps.count)
        }
    }

    @Test func backoff_doublesWithinItsBounds() {
        let limits = PortalLimits.Operations()
        for attempt in 1...100 {
            let exact = min(limits.backoffMin * (1 << min(attempt - 1, 20)), limits.backoffMax)

            let pause = limits.backoff(attempt: attempt)

            #expect(pause >= exact * 0.79)
            #expect(pause <= exact * 1.21)
        }
    }

    @Test func patience_endsOnlyWithAFailureThatLasts() {
        let limits = PortalLimits.Operations()
        var patience = Patience(limits: limits)
        let start = ContinuousClock.now
        let pull = HostError(.imagePullFailed, "The image cannot be pulled.")
        let crash = HostError(.controlPlaneCrashed, "It crashes.")

        #expect(patience.exhausted(by: pull, at: start) == nil)
        #expect(patience.exhausted(by: pull, at: start + .seconds(9)) == nil)
        #expect(patience.exhausted(by: nil, at: start + .seconds(10)) == nil, "it healed")
        #expect(patience.exhausted(by: pull, at: start + .seconds(11)) == nil)
        #expect(patience.exhausted(by: crash, at: start + .seconds(20)) == nil, "another failure starts over")
        #expect(patience.exhausted(by: crash, at: start + .seconds(41))?.reason == .controlPlaneCrashed)
    }

    @Test func patience_isEndlessForTransientFailuresWithoutALimit() {
        var patience = Patience(limits: PortalLimits.Operations())
        let start = ContinuousClock.now
        let silent = HostError(.hostUnreachable, "No answer.")
        let missing = HostError(.chartMissing, "No chart.")

        #expect(patience.exhausted(by: silent, at: start) == nil)
        #expect(patience.exhausted(by: silent, at: start + .seconds(3600)) == nil)
        #expect(patience.exhausted(by: missing, at: start + .seconds(3601))?.reason == .chartMissing)
    }

    @Test func parameters_surviveTheirJSON() throws {
        var parameters = OperationParameters(stored: ["previousPhase": "SUSPENDED"])
        parameters.previousReason = "Timeout"
        parameters.previousMessage = "It took too long."
        parameters.previousSpec = VClusterSpec(replicas: 3)
        parameters.phaseBeforeDelete = .running
        parameters.purgeAt = Date(timeIntervalSince1970: 1_767_600_000)

        #expect(OperationParameters(stored: parameters.json) == parameters)
        #expect(OperationParameters(stored: [:]).previousPhase == .error)
    }

    @Test func nudge_wakesNowOrLaterAndSurvivesCancelledWaits() async throws {
        let nudge = Nudge()
        await nudge.wait(upTo: .zero)
        nudge.wake()

        try await within(.seconds(30), "a wake-up before the wait") { await nudge.wait(upTo: .seconds(600)) }

        try await within(.seconds(30), "a wake-up during the wait") {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await nudge.wait(upTo: .seconds(600)) }
                group.addTask { nudge.wake() }
            }
        }
    }
}
