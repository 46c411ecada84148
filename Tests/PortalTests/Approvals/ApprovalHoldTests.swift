import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

/// What requests keep of the quotas, and what is checked again when they run.
struct ApprovalHoldTests {
    private static let spec: JSONValue = ["quota": ["cpu": "2", "memory": "4Gi", "storage": "10Gi", "pods": 20]]
    private static let amounts = VClusterDemand(VClusterSpec(stored: spec), isRunning: true).amounts

    @Test func hold_countsAtEveryLevel_andBecomesTheVCluster() async throws {
        try await Engine.with { engine in
            try await engine.policy(["holdHours": 4])
            try await engine.limit(engine.acme.engineering.id, [.cpu: 2200, .vclusters: 1])
            let request = try await engine.requestCreation(spec: Self.spec)

            #expect(request.isHeld(at: engine.time.now()))
            #expect(try await engine.used(engine.acme.root.id) == Self.amounts)
            #expect(try await engine.held() == Self.amounts)
            let other = try await engine.refusal { try await engine.create("other", spec: Self.spec) }
            #expect(other?.code == .quotaExceeded, "what is held is taken")
            // There is room for the one that is held, and for it alone.
            let approved = try await engine.approvals.approve(request.id, as: engine.acme.manager)
            #expect(approved.request.state == .executed && !approved.isHeld)
            #expect(try await engine.used(engine.acme.root.id) == Self.amounts)
            #expect(try await engine.held() == .zero)
            try await engine.reach(.running, try #require(approved.request.vclusterID))
            try await engine.requireExactCounters()
        }
    }

    @Test func hold_isRefusedLikeAnyOther() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(["holdHours": 4])
            try await engine.limit(engine.acme.engineering.id, [.cpu: 2199])

            let refusal = try await engine.refusal { try await engine.create(spec: Self.spec) }

            #expect(refusal?.code == .quotaExceeded && refusal?.extensions["missing"] == "1m")
            #expect(try await engine.approvals.list(as: .system("test")).items.isEmpty)
            #expect(try await engine.used(engine.acme.root.id) == .zero)
        }
    }

    @Test func scale_holdsItsGrowthOnly() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.spec)
            try await engine.policy(["verbs": ["scale"], "holdHours": 4])

            let request = try await engine.requested {
                let size: JSONValue = ["quota": ["cpu": "5", "memory": "1Gi"]]
                return try await engine.vclusters.scale(vcluster.id, to: size, as: engine.acme.member)
            }

            #expect(request.growth == QuotaAmounts([.cpu: 3000]))
            #expect(try await engine.used()[.cpu] == 5200)
            #expect(try await engine.held()[.cpu] == 3000)
            let detail = try await engine.approvals.get(request.id, as: engine.acme.manager)
            let levels = detail.impact.rows.filter { $0.dimension == .cpu }
            #expect(levels.map(\.tenantName) == ["Engineering", "Payments"])
            #expect(levels.allSatisfy { $0.before == 2200 && $0.after == 5200 }, "with the hold it counts once")
            _ = try await engine.approvals.approve(request.id, as: engine.acme.manager)
            #expect(try await engine.used()[.cpu] == 5200)
            #expect(try await engine.held() == .zero)
            try await engine.reach(.running, vcluster.id)
            #expect(try await engine.used()[.memory] == (1 << 30) + (256 << 20))
            try await engine.requireExactCounters()
        }
    }

    @Test func expiredHold_leavesTheRequestWaiting_withNothingHeld() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(["holdHours": 1])
            try await engine.limit(engine.acme.engineering.id, [.vclusters: 1])
            let request = try await engine.requestCreation(spec: Self.spec)

            engine.time.advance(by: .seconds(3600))
            #expect(try await engine.services.keepers.sweeper.runOnce().holds == 1)
            let waiting = try await engine.approvals.get(request.id, as: engine.acme.manager)
            #expect(waiting.request.state == .pending && !waiting.isHeld && waiting.request.heldUntil != nil)
            // Somebody else was faster; the approval tells so and stays.
            try await engine.vclusters.create(
                NewVCluster(tenantID: engine.acme.platform.id, name: "fast"),
                as: engine.acme.manager
            )
            let detail = try await engine.approvals.approve(request.id, as: engine.acme.manager)

            #expect(detail.request.state == .failed && detail.request.failure?.code == "QUOTA_EXCEEDED")
            #expect(detail.request.failure?.message.contains("Engineering") == true)
            #expect(detail.entries.map(\.kind) == [.approve])
            #expect(try await engine.used(engine.acme.root.id)[.vclusters] == 1)
            try await engine.requireExactCounters()
        }
    }

    @Test func everythingIsCheckedAgain_whenItRuns() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running("web", spec: Self.spec)
            let acme = engine.acme
            try await engine.policy(["verbs": ["create", "scale", "suspend"], "holdHours": 4])
            func failure(_ id: ApprovalRequestID) async throws -> String? {
                let detail = try await engine.approvals.approve(id, as: acme.manager)
                #expect(detail.request.state == .failed)
                return detail.request.failure?.code
            }
            let scaled = try await engine.requested {
                try await engine.vclusters.scale(vcluster.id, to: ["quota": ["cpu": "3"]], as: acme.member)
            }
            let ruled = try await engine.requestCreation("ruled", spec: Self.spec)
            let disabled = try await engine.requestCreation("disabled", spec: Self.spec)
            let suspended = try await engine.requested {
                try await engine.vclusters.suspend(vcluster.id, as: acme.member)
            }

            try await engine.vclusters.update(
                vcluster.id,
                VClusterPatch(spec: ["quota": ["pods": 30]]),
                as: .system("test")
            )
            try await engine.reach(.running, vcluster.id)
            #expect(try await failure(scaled.id) == "CONFLICT", "what was approved is not what would run")
            try await engine.rule([.vclustersCreate], at: acme.payments, as: acme.manager)
            #expect(try await failure(ruled.id) == "FORBIDDEN")
            _ = try await engine.vclusters.suspend(vcluster.id, as: .system("test"))
            try await engine.reach(.suspended, vcluster.id)
            #expect(try await failure(suspended.id) == "INVALID_PHASE")
            _ = try await engine.services.identity.setDisabled(true, user: acme.member.user.id, as: acme.admin)
            #expect(try await failure(disabled.id) == "FORBIDDEN")
            #expect(try await engine.held() == .zero, "a failed request holds nothing")
            try await engine.requireExactCounters()
        }
    }

    @Test func tokens_requestAsThemselves() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy()
            let identity = engine.services.identity
            func filed(_ name: String) async throws -> (token: TokenID, request: ApprovalRequest) {
                let made = try await identity.createToken(name: name, lifetime: nil, as: engine.acme.member)
                let caller = try #require(try await identity.authenticate(bearer: made.secret))
                let request = try await engine.requested {
                    let new = NewVCluster(tenantID: engine.acme.payments.id, name: name)
                    return try await engine.vclusters.create(new, as: caller)
                }
                return (made.token.id, request)
            }
            let (live, revoked) = (try await filed("live"), try await filed("revoked"))
            try await identity.revokeToken(revoked.token, as: engine.acme.member)

            let first = try await engine.approvals.approve(live.request.id, as: engine.acme.manager).request
            let second = try await engine.approvals.approve(revoked.request.id, as: engine.acme.manager).request

            #expect(first.state == .executed && first.tokenID == live.token)
            #expect(second.state == .failed && second.failure?.message.contains("token") == true)
        }
    }
}
