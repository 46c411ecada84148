import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

/// Ways around a rule, each of which is closed.
struct AccessRuleEvasionTests {
    private static let frozen: JSONObject = ["conditions": ["labels": ["frozen": "yes"]]]

    @Test func group_bindsEvenWithoutARole() async throws {
        try await Engine.with { engine in
            let acme = engine.acme
            let groups = engine.services.groups
            let group = try await groups.create(NewGroup(name: "Contractors"), at: acme.payments.id, as: acme.manager)
            let vcluster = try await engine.running()
            let subject: JSONValue = ["kind": "group", "reference": .string(group.id.description)]
            try await engine.rule([.vclustersSuspend], at: acme.payments, ["subject": subject], as: acme.manager)
            _ = try await engine.vclusters.scale(vcluster.id, to: ["quota": ["cpu": "2"]], as: acme.member)
            try await engine.reach(.running, vcluster.id)
            try await groups.addMember(acme.member.user.id, to: group.id, as: acme.manager)

            await isRefused("in the group") { try await engine.vclusters.suspend(vcluster.id, as: acme.member) }
        }
    }

    @Test func token_isBoundLikeItsOwner() async throws {
        try await Engine.with { engine in
            let acme = engine.acme
            let vcluster = try await engine.running()
            let subject: JSONValue = ["kind": "role", "reference": "manager"]
            try await engine.rule([.vclustersSuspend], at: acme.engineering, ["subject": subject], as: acme.admin)
            // A token for Payments with a role of its own, of somebody who is the manager of Engineering.
            let scope = CallerScope(tenantPath: acme.payments.path, permissions: [.vclustersRead, .vclustersSuspend])
            let own = RoleBinding(
                tenantID: acme.payments.id,
                tenantPath: acme.payments.path,
                role: .member,
                source: .token
            )
            let narrow = Caller(
                user: acme.manager.user,
                bindings: [own],
                via: .token(TokenID()),
                scope: scope
            )

            await isRefused("by token") { try await engine.vclusters.suspend(vcluster.id, as: narrow) }
            _ = try await engine.vclusters.suspend(vcluster.id, as: acme.member)
        }
    }

    @Test func relabelling_doesNotLeaveARuleOfAnotherAction() async throws {
        try await Engine.with { engine in
            let acme = engine.acme
            let vcluster = try await engine.running()
            let window: JSONValue = ["days": ["sat", "sun"]]
            _ = try await engine.vclusters.update(
                vcluster.id,
                VClusterPatch(labels: ["frozen": "yes"]),
                as: acme.member
            )
            // On a working day, so that nothing is denied now; and nothing of updates at all.
            try await engine.rule(
                [.vclustersDelete],
                at: acme.payments,
                [
                    "subject": ["kind": "role", "reference": "member"],
                    "conditions": ["labels": ["frozen": "yes"], "window": window],
                ],
                as: acme.manager
            )

            await isRefused("unfreeze") {
                try await engine.vclusters.update(vcluster.id, VClusterPatch(labels: ["frozen": "no"]), as: acme.member)
            }
            _ = try await engine.vclusters.update(vcluster.id, VClusterPatch(labels: ["a": "b"]), as: acme.member)
            let patch = VClusterPatch(labels: ["frozen": "no"])
            _ = try await engine.vclusters.update(vcluster.id, patch, as: acme.manager)
        }
    }

    @Test func relabelling_makesNothingThatCouldNotBeCreated() async throws {
        try await Engine.with { engine in
            let acme = engine.acme
            try await engine.rule(
                [.vclustersCreate],
                at: acme.payments,
                ["effect": "allowOnly", "conditions": ["environments": ["dev"]]],
                as: acme.manager
            )
            let vcluster = try await engine.running()

            await isRefused("to prod") {
                _ = try await engine.vclusters.update(
                    vcluster.id,
                    VClusterPatch(environment: .production),
                    as: acme.member
                )
            }
            // What is refused anyway is no reason against another label.
            try await engine.rule(named: "Full", [.vclustersCreate], at: acme.payments, as: acme.manager)
            _ = try await engine.vclusters.update(vcluster.id, VClusterPatch(labels: ["a": "b"]), as: acme.member)
        }
    }

    @Test func expiry_isADeletionToo() async throws {
        try await Engine.with { engine in
            let (acme, service) = (engine.acme, engine.vclusters)
            let vcluster = try await engine.running()
            let soon = engine.time.now().addingTimeInterval(3600)
            let later = soon.addingTimeInterval(3600)
            _ = try await service.update(vcluster.id, VClusterPatch(expiresAt: .some(later)), as: acme.member)
            try await engine.rule([.vclustersDelete], at: acme.payments, as: acme.manager)

            await isRefused("sooner") {
                _ = try await service.update(vcluster.id, VClusterPatch(expiresAt: .some(soon)), as: acme.member)
            }
            let evenLater = VClusterPatch(expiresAt: .some(later.addingTimeInterval(3600)))
            _ = try await service.update(vcluster.id, evenLater, as: acme.member)
            _ = try await service.update(vcluster.id, VClusterPatch(expiresAt: .some(nil)), as: acme.member)
            await isRefused("again") {
                _ = try await service.update(vcluster.id, VClusterPatch(expiresAt: .some(later)), as: acme.member)
            }
        }
    }

    @Test func cancelling_isAnActionOfItsOwn() async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()
            try await engine.rule([.operationsCancel], at: engine.acme.payments, as: engine.acme.manager)

            await isRefused("cancel") {
                try await engine.operations.cancel(change.operation.id, as: engine.acme.member)
            }
            let state = try await engine.operations.get(change.operation.id, as: engine.acme.member).state
            #expect(state == .pending)
        }
    }

    @Test func placement_choosesAHostThatTheRulesLetPass() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            let other = try await Engine.makeHost(
                in: engine.database,
                driver: engine.driver,
                time: engine.time,
                limits: engine.limits,
                name: "other"
            )
            let hosts: JSONValue = ["hostIds": [engine.hostID.json]]
            let rule = try await engine.rule(
                [.vclustersCreate],
                at: acme.payments,
                ["conditions": hosts],
                as: acme.manager
            )

            for name in ["one", "two", "three"] {
                #expect(try await engine.create(name).vcluster.hostID == other)
            }
            await isRefused("by name") {
                _ = try await engine.vclusters.create(
                    NewVCluster(tenantID: acme.payments.id, hostID: engine.hostID, name: "four"),
                    as: acme.member
                )
            }
            _ = try await engine.services.accessRules.update(
                rule.id,
                ["conditions": ["hostIds": [engine.hostID.json, other.json]]],
                as: acme.manager
            )
            await isRefused("everywhere") { _ = try await engine.create("five") }
        }
    }

    @Test func ruleAboutNobody_isNotMade() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            let strange = try await engine.services.groups.create(
                NewGroup(name: "Lake"),
                at: acme.data.id,
                as: acme.admin
            )
            let subjects: [JSONValue] = [
                ["kind": "role", "reference": .string(RoleID().description)],
                ["kind": "group", "reference": .string(GroupID().description)],
                ["kind": "group", "reference": .string(strange.id.description)],
                ["kind": "user", "reference": .string(UserID().description)],
            ]
            for subject in subjects {
                let error = await #expect(throws: PortalError.self) {
                    try await engine.rule([.vclustersDelete], at: acme.payments, ["subject": subject], as: acme.manager)
                }
                #expect(error?.fields.map(\.field) == ["subject"], "\(subject)")
            }
            let error = await #expect(throws: PortalError.self) {
                let conditions: JSONValue = ["hostIds": [HostID().json]]
                try await engine.rule(
                    [.vclustersDelete],
                    at: acme.payments,
                    ["conditions": conditions],
                    as: acme.manager
                )
            }
            #expect(error?.fields.map(\.field) == ["conditions.hostIds"])
        }
    }

    @Test func explain_tellsNothingOfStrangers() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            var question = AccessQuestion(permission: .vclustersCreate)
            question.tenantID = acme.payments.id
            for id in [acme.stranger.user.id, acme.nobody.user.id, UserID()] {
                question.userID = id
                let error = await #expect(throws: PortalError.self) {
                    try await engine.services.accessRules.explain(question, as: acme.manager)
                }
                #expect(error?.code == .notFound)
            }
            question.userID = acme.stranger.user.id
            let answer = try await engine.services.accessRules.explain(question, as: acme.admin)
            #expect(!answer.isAllowed)
        }
    }
}
