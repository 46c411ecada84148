import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

/// Rules at work: in the services of vclusters, inherited, explained.
struct AccessRuleServiceTests {
    @Test func everyActionOnAVCluster_asksTheRules() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let (member, service) = (engine.acme.member, engine.vclusters)
            _ = try await engine.rule(Permission.ruled, at: engine.acme.payments, as: engine.acme.manager)

            await isRefused("create") { _ = try await engine.create("other") }
            await isRefused("update") {
                _ = try await service.update(vcluster.id, VClusterPatch(labels: ["a": "b"]), as: member)
            }
            await isRefused("scale") { _ = try await service.scale(vcluster.id, to: ["replicas": 1], as: member) }
            await isRefused("suspend") { _ = try await service.suspend(vcluster.id, as: member) }
            await isRefused("resume") { _ = try await service.resume(vcluster.id, as: member) }
            await isRefused("delete") { _ = try await service.delete(vcluster.id, as: member) }
            await isRefused("undelete") { _ = try await service.undelete(vcluster.id, as: member) }
            await isRefused("kubeconfig") { _ = try await service.kubeconfig(of: vcluster.id, as: member) }
            // Reading goes on, and so does what is no caller's: the engine, the reaper.
            #expect(try await service.get(vcluster.id, as: member).phase == .running)
            _ = try await service.suspend(vcluster.id, as: .system("test"))
        }
    }

    @Test func rule_bindsTheSubtreeOfItsTenantOnly() async throws {
        try await Engine.with { engine in
            _ = try await engine.rule(
                [.vclustersCreate],
                at: engine.acme.engineering,
                ["conditions": ["environments": ["prod"]]],
                as: engine.acme.manager
            )
            func create(_ tenant: Tenant, _ environment: VClusterEnvironment, as caller: Caller) async throws {
                _ = try await engine.vclusters.create(
                    NewVCluster(tenantID: tenant.id, name: environment.rawValue, environment: environment),
                    as: caller
                )
            }

            await isRefused("prod in Payments") {
                try await create(engine.acme.payments, .production, as: engine.acme.member)
            }
            try await create(engine.acme.payments, .development, as: engine.acme.member)
            try await create(engine.acme.data, .production, as: engine.acme.stranger)
            // Nobody is above a rule by their role: it says whom it is about.
            await isRefused("as manager") {
                try await create(engine.acme.platform, .production, as: engine.acme.manager)
            }
        }
    }

    @Test func relabelling_isNoWayAroundARule() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            _ = try await engine.rule(
                [.vclustersUpdate],
                at: engine.acme.payments,
                ["conditions": ["labels": ["tier": "1"]]],
                as: engine.acme.manager
            )
            let patch = VClusterPatch(labels: ["tier": "1"])

            await isRefused("into") {
                _ = try await engine.vclusters.update(vcluster.id, patch, as: engine.acme.member)
            }
            _ = try await engine.vclusters.update(vcluster.id, patch, as: .system("test"))
            await isRefused("out of") {
                let back = VClusterPatch(labels: ["tier": "2"])
                _ = try await engine.vclusters.update(vcluster.id, back, as: engine.acme.member)
            }
        }
    }

    @Test func rules_areManagedWhereTheyLive() async throws {
        try await Engine.with(workers: 0) { engine in
            let rules = engine.services.accessRules
            let made = try await engine.rule([.vclustersDelete], at: engine.acme.payments, as: engine.acme.manager)
            let changed = try await rules.update(
                made.id,
                ["enabled": false],
                ifMatch: made.etag.description,
                as: engine.acme.manager
            )

            #expect(changed.version == 2 && !changed.content.isEnabled && changed.content.name == "Frozen")
            #expect(try await rules.get(made.id, as: engine.acme.member) == changed)
            #expect(try await rules.list(as: engine.acme.member).items == [changed])
            #expect(try await rules.list(as: engine.acme.stranger).items.isEmpty)
            let errors: [(PortalError.Code, @Sendable () async throws -> Void)] = [
                (.forbidden, { try await rules.delete(made.id, as: engine.acme.member) }),
                (.notFound, { try await rules.delete(made.id, as: engine.acme.stranger) }),
                (.preconditionFailed, { try await rules.delete(made.id, ifMatch: "\"1\"", as: engine.acme.manager) }),
                (.notFound, { _ = try await rules.list(at: engine.acme.payments.id, as: engine.acme.stranger) }),
                (
                    .alreadyExists,
                    {
                        _ = try await rules.create(
                            ["name": "frozen", "effect": "deny", "permissions": ["vclusters.create"]],
                            at: engine.acme.payments.id,
                            as: engine.acme.manager
                        )
                    }
                ),
            ]
            for (code, action) in errors {
                let error = await #expect(throws: PortalError.self) { try await action() }
                #expect(error?.code == code)
            }
            try await rules.delete(made.id, as: engine.acme.manager)
            let verbs = try await engine.services.audit.list(as: engine.acme.auditor).items.map(\.verb)
            #expect(verbs.prefix(3) == ["accessRule.delete", "accessRule.update", "accessRule.create"])
        }
    }

    @Test func explain_saysWhatTheGuardWouldSay() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running()
            let (rules, acme) = (engine.services.accessRules, engine.acme)
            let root = try await engine.rule([.vclustersSuspend], at: acme.root, as: acme.admin)
            _ = try await engine.rule(
                named: "Dev only",
                [.vclustersSuspend],
                at: acme.payments,
                ["effect": "allowOnly", "conditions": ["environments": ["dev"]]],
                as: acme.manager
            )
            var question = AccessQuestion(permission: .vclustersSuspend)
            question.vclusterID = vcluster.id

            let own = try await rules.explain(question, as: acme.member)
            #expect(!own.isAllowed)
            #expect(own.grants.map(\.roleName) == ["member"])
            #expect(own.decision.findings.map(\.verdict) == [.refuses(until: nil), .passes])
            await isRefused("suspend") { _ = try await engine.vclusters.suspend(vcluster.id, as: acme.member) }

            question.userID = acme.viewer.user.id
            let viewer = try await rules.explain(question, as: acme.manager)
            #expect(viewer.grants.isEmpty && !viewer.isAllowed)
            await #expect(throws: PortalError.self) { try await rules.explain(question, as: acme.member) }
            question.userID = nil
            let hidden = await #expect(throws: PortalError.self) {
                try await rules.explain(question, as: acme.stranger)
            }
            #expect(hidden?.code == .notFound)

            try await rules.delete(root.id, as: acme.admin)
            #expect(try await rules.explain(question, as: acme.member).isAllowed)
        }
    }

    @Test func explain_worksForAVClusterThatIsOnlyAnIdea() async throws {
        try await Engine.with(workers: 0) { engine in
            _ = try await engine.rule(
                [.vclustersCreate],
                at: engine.acme.payments,
                ["conditions": ["window": ["days": ["sat", "sun"]]]],
                as: engine.acme.manager
            )
            var question = AccessQuestion(permission: .vclustersCreate)
            question.tenantID = engine.acme.payments.id
            question.time = RFC3339.parse("2026-11-21T12:00:00Z")

            let weekend = try await engine.services.accessRules.explain(question, as: engine.acme.member)
            question.time = RFC3339.parse("2026-11-20T12:00:00Z")
            let friday = try await engine.services.accessRules.explain(question, as: engine.acme.member)

            #expect(!weekend.isAllowed && friday.isAllowed)
            #expect(weekend.json["rules"]?[0]?["endsAt"] == "2026-11-23T00:00:00.000Z")
            #expect(friday.json["rules"]?[0]?["failingConditions"] == ["window"])
        }
    }
}
