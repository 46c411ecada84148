import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

/// Which changes wait: conditions, order, and that there is no way around.
struct ApprovalPolicyTests {
    private static let big: JSONValue = ["quota": ["cpu": "16", "memory": "4Gi", "storage": "10Gi", "pods": 20]]
    private static let small: JSONValue = ["quota": ["cpu": "2", "memory": "4Gi", "storage": "10Gi", "pods": 20]]

    @Test func policy_bindsTheSubtreeOfItsTenantOnly() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(at: engine.acme.engineering)

            let request = try await engine.requestCreation()

            #expect(request.state == .pending && request.verb == .create && request.vclusterID == nil)
            #expect(request.policy.name == "Ask first" && request.requesterID == engine.acme.member.user.id)
            let data = NewVCluster(tenantID: engine.acme.data.id, name: "lake")
            _ = try await engine.vclusters.create(data, as: engine.acme.stranger)
        }
    }

    @Test func verbs_allGoThroughTheGate() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.small)
            let (member, service) = (engine.acme.member, engine.vclusters)
            let verbs = JSONValue.array(ApprovalVerb.allCases.map { .string($0.rawValue) })
            try await engine.policy(["verbs": verbs])

            var filed: [ApprovalVerb] = []
            filed.append(try await engine.requestCreation("other").verb)
            filed.append(
                try await engine.requested {
                    try await service.clone(vcluster.id, VClusterCopy(name: "copy"), as: member)
                }.verb
            )
            filed.append(
                try await engine.requested { try await service.scale(vcluster.id, to: Self.big, as: member) }.verb
            )
            let label = VClusterPatch(labels: ["a": "b"])
            filed.append(try await engine.requested { try await service.update(vcluster.id, label, as: member) }.verb)
            filed.append(try await engine.requested { try await service.suspend(vcluster.id, as: member) }.verb)
            filed.append(try await engine.requested { try await service.delete(vcluster.id, as: member) }.verb)
            _ = try await service.suspend(vcluster.id, as: .system("test"))
            try await engine.reach(.suspended, vcluster.id)
            filed.append(try await engine.requested { try await service.resume(vcluster.id, as: member) }.verb)
            _ = try await service.delete(vcluster.id, as: .system("test"))
            try await engine.reach(.deleted, vcluster.id)
            filed.append(try await engine.requested { try await service.undelete(vcluster.id, as: member) }.verb)

            #expect(filed == [.create, .create, .scale, .update, .suspend, .delete, .resume, .undelete])
            // Nothing of it has begun.
            #expect(try await service.get(vcluster.id, as: member).activeOperationID == nil)
            let events = try await service.events(of: vcluster.id, as: member).items.map(\.reason)
            #expect(events.contains("ApprovalRequested"))
        }
    }

    @Test func refusals_comeBeforeRequests() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy()
            _ = try await engine.rule([.vclustersCreate], at: engine.acme.platform, as: engine.acme.manager)
            try await engine.policy(named: "There too", at: engine.acme.platform)

            await isRefused("by a rule") {
                let new = NewVCluster(tenantID: engine.acme.platform.id, name: "web")
                _ = try await engine.vclusters.create(new, as: engine.acme.manager)
            }
            let wrong = try await refusalCode { try await engine.create("Not A Name") }
            let viewer = try await refusalCode {
                let new = NewVCluster(tenantID: engine.acme.payments.id, name: "web")
                return try await engine.vclusters.create(new, as: engine.acme.viewer)
            }

            #expect(wrong == .invalidArgument && viewer == .forbidden)
            #expect(try await engine.approvals.list(as: .system("test")).items.isEmpty)
        }
    }

    @Test func policies_areLookedAtFromTheRootDown_andTheFirstThatAsksDecides() async throws {
        try await Engine.with(workers: 0) { engine in
            let prod: JSONValue = ["environments": ["prod"]]
            try await engine.policy(named: "Team", at: engine.acme.payments)
            try await engine.policy(["position": 5], named: "Second", at: engine.acme.engineering)
            try await engine.policy(["position": 1, "conditions": prod], named: "Prod", at: engine.acme.engineering)
            try await engine.policy(["enabled": false], named: "Off", at: engine.acme.root, as: engine.acme.admin)
            func policy(_ environment: VClusterEnvironment) async throws -> String {
                try await engine.requested {
                    try await engine.vclusters.create(
                        NewVCluster(
                            tenantID: engine.acme.payments.id,
                            name: environment.rawValue,
                            environment: environment
                        ),
                        as: engine.acme.member
                    )
                }.policy.name
            }

            #expect(try await policy(.production) == "Prod")
            #expect(try await policy(.development) == "Second")
        }
    }

    @Test func threshold_speaksOfGrowthOnly() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.big)
            try await engine.policy(["verbs": ["create", "scale"], "conditions": ["above": ["cpu": "8"]]])
            func scale(_ cpu: String) async throws {
                let size: JSONValue = ["quota": ["cpu": .string(cpu)]]
                _ = try await engine.vclusters.scale(vcluster.id, to: size, as: engine.acme.member)
                try await engine.reach(.running, vcluster.id)
            }

            _ = try await engine.create("small", spec: Self.small)
            #expect(try await engine.requestCreation("big", spec: Self.big).growth[.cpu] == 16200)
            // Down is no growth, though it ends above; up to below is none of the policy's business.
            try await scale("12")
            try await scale("4")
            try await scale("6")
            #expect(try await engine.requested { try await scale("10") }.growth[.cpu] == 4000)
        }
    }

    @Test func changing_isNoWayAroundAPolicyOnCreations() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running(spec: Self.small)
            let (member, service) = (engine.acme.member, engine.vclusters)
            try await engine.policy(["conditions": ["environments": ["prod"]]], named: "Prod")
            try await engine.policy(["conditions": ["above": ["cpu": "8"]]], named: "Big")
            try await engine.policy(["verbs": ["delete"], "conditions": ["labels": ["keep": "yes"]]], named: "Keep")

            let prod = try await engine.requested {
                try await service.update(vcluster.id, VClusterPatch(environment: .production), as: member)
            }
            _ = try await engine.approvals.cancel(prod.id, as: member)
            let big = try await engine.requested { try await service.scale(vcluster.id, to: Self.big, as: member) }
            _ = try await service.update(vcluster.id, VClusterPatch(labels: ["keep": "yes"]), as: member)
            let soon = engine.time.now().addingTimeInterval(3600)
            let expiry = try await engine.requested {
                try await service.update(vcluster.id, VClusterPatch(expiresAt: soon), as: member)
            }

            #expect([prod, big, expiry].map(\.policy.name) == ["Prod", "Big", "Keep"])
            #expect(expiry.verb == .update, "who sets the date deletes")
        }
    }

    @Test func policies_haveToAskSomebodyWhoCanDecide() async throws {
        try await Engine.with(workers: 0) { engine in
            func fields(_ more: JSONObject) async -> [String] {
                do {
                    try await engine.policy(more, named: "Wrong")
                    return []
                } catch let error as PortalError {
                    return error.fields.map(\.field)
                } catch {
                    return ["\(error)"]
                }
            }
            let nobody = JSONValue.string(UserID().description)

            #expect(await fields(["steps": [["role": "viewer"]]]) == ["steps[0].role"])
            #expect(await fields(["steps": [["users": [nobody]]]]) == ["steps[0].users"])
            #expect(await fields(["steps": [["role": "manager", "quorum": 0]]]) == ["steps[0].quorum"])
            #expect(await fields(["steps": [], "verbs": ["adopt"]]) == ["verbs", "steps"])
            #expect(await fields(["conditions": ["above": ["cpus": 1]]]) == ["conditions.above.cpus"])
            #expect(await fields(["holdHours": 0, "expiryHours": 99999]) == ["holdHours", "expiryHours"])
            let member = try await refusalCode { try await engine.policy(as: engine.acme.member) }
            #expect(member == .forbidden)
        }
    }

    @Test func changedPolicy_changesNothingAboutRequestsThatWait() async throws {
        try await Engine.with(workers: 0) { engine in
            let policy = try await engine.policy(["holdHours": 4])
            let request = try await engine.requestCreation()

            let changed = try await engine.services.approvalPolicies.update(
                policy.id,
                ["steps": [["role": "admin"]], "holdHours": nil],
                as: engine.acme.manager
            )
            try await engine.services.approvalPolicies.delete(policy.id, as: engine.acme.manager)

            #expect(changed.content.holdHours == nil && changed.version == 2)
            let approved = try await engine.approvals.approve(request.id, as: engine.acme.manager).request
            #expect(approved.state == .executed)
        }
    }
}
