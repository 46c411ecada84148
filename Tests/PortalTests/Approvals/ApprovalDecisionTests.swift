import JSON
import PortalTesting
import Testing

@testable import Portal

/// Who decides, in what order, and what comes of it.
struct ApprovalDecisionTests {
    @Test func approved_runsByItselfAsTheRequester() async throws {
        try await Engine.with { engine in
            try await engine.policy()
            let request = try await engine.requestCreation("web")

            let detail = try await engine.approvals.approve(request.id, comment: "Fine.", as: engine.acme.manager)

            #expect(detail.request.state == .executed && detail.people.isEmpty && detail.allowedActions.isEmpty)
            #expect(detail.entries.map(\.kind) == [.approve] && detail.entries.map(\.comment) == ["Fine."])
            let id = try #require(detail.request.vclusterID)
            let vcluster = try await engine.reach(.running, id)
            #expect(vcluster.name == "web" && vcluster.createdBy == engine.acme.member.user.id)
            let operationID = try #require(detail.request.operationID)
            #expect(try await engine.operations.get(operationID, as: engine.acme.member).verb == .create)
            let verbs = try await engine.services.audit.list(as: engine.acme.admin).items.map(\.verb)
            #expect(Array(verbs.prefix(3).sorted()) == ["request.approve", "request.file", "vcluster.create"])
        }
    }

    @Test func step_asksTheNearestWhoHaveTheRole_neverTheRequester() async throws {
        try await Engine.with(workers: 0) { engine in
            let lead = try await engine.person("lead", .manager, at: engine.acme.payments)
            try await engine.policy(at: engine.acme.engineering)

            let byMember = try await engine.requestCreation("web")
            let byLead = try await engine.requested {
                let new = NewVCluster(tenantID: engine.acme.payments.id, name: "api")
                return try await engine.vclusters.create(new, as: lead)
            }
            let byManager = try await engine.requested {
                let new = NewVCluster(tenantID: engine.acme.platform.id, name: "own")
                return try await engine.vclusters.create(new, as: engine.acme.manager)
            }
            func asked(_ request: ApprovalRequest) async throws -> [String] {
                try await engine.approvals.get(request.id, as: .system("test")).people.map(\.name)
            }

            #expect(try await asked(byMember) == ["lead"])
            #expect(try await asked(byLead) == ["manager"])
            #expect(try await asked(byManager) == ["admin"], "no manager is left, so admins are asked")
            let own = try await refusalCode { try await engine.approvals.approve(byLead.id, as: lead) }
            let above = try await refusalCode {
                try await engine.approvals.approve(byMember.id, as: engine.acme.manager)
            }
            let unseen = try await refusalCode {
                try await engine.approvals.approve(byMember.id, as: engine.acme.stranger)
            }
            #expect(own == .forbidden && above == .forbidden && unseen == .notFound)
            #expect(try await engine.approvals.approve(byMember.id, as: lead).request.state == .executed)
        }
    }

    @Test func chain_asksOneStepAfterTheOther_andOnePersonCountsOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            let lead = try await engine.person("lead", .manager, at: engine.acme.payments)
            let security = try await engine.person("security", nil, at: engine.acme.root)
            let officer = JSONValue.string(security.user.id.description)
            try await engine.policy(["steps": [["role": "manager", "quorum": 2], ["users": [officer]]]])
            let request = try await engine.requestCreation()

            let early = try await refusalCode { try await engine.approvals.approve(request.id, as: security) }
            let first = try await engine.approvals.approve(request.id, as: lead)
            let twice = try await refusalCode { try await engine.approvals.approve(request.id, as: lead) }
            let second = try await engine.approvals.approve(request.id, as: engine.acme.manager)
            let list = try await engine.approvals.list(.toDecide, as: security).items.map(\.id)
            let last = try await engine.approvals.approve(request.id, as: security)

            #expect(early == .notFound, "who is not asked yet has nothing to do with it")
            #expect(
                first.request.state == .pending && first.request.step == 0 && first.people.map(\.name) == ["manager"]
            )
            #expect(twice == .forbidden)
            #expect(second.request.step == 1 && second.people.map(\.name) == ["security"])
            #expect(list == [request.id])
            #expect(last.request.state == .executed)
        }
    }

    @Test func firstRejection_ends() async throws {
        try await Engine.with(workers: 0) { engine in
            let lead = try await engine.person("lead", .manager, at: engine.acme.payments)
            try await engine.policy(["steps": [["role": "manager", "quorum": 2]], "holdHours": 4])
            let request = try await engine.requestCreation()

            _ = try await engine.approvals.approve(request.id, as: lead)
            let detail = try await engine.approvals.reject(request.id, comment: "No room.", as: engine.acme.manager)
            let late = try await refusalCode { try await engine.approvals.approve(request.id, as: engine.acme.manager) }

            #expect(detail.request.state == .rejected && detail.request.endedAt != nil)
            #expect(late == .conflict)
            #expect(try await engine.used(engine.acme.root.id) == .zero)
        }
    }

    @Test func requester_takesItBack_nobodyElse() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(["holdHours": 4])
            let request = try await engine.requestCreation()

            let other = try await refusalCode { try await engine.approvals.cancel(request.id, as: engine.acme.manager) }
            _ = try await engine.approvals.comment(request.id, "Is for the fair.", as: engine.acme.member)
            let detail = try await engine.approvals.cancel(request.id, as: engine.acme.member)

            #expect(other == .forbidden)
            #expect(detail.request.state == .cancelled && detail.entries.map(\.kind) == [.comment, .cancel])
            #expect(try await engine.used(engine.acme.root.id) == .zero)
            // The name is free again.
            _ = try await engine.requestCreation()
        }
    }

    @Test func sameWish_waitsOnce() async throws {
        try await Engine.with { engine in
            let vcluster = try await engine.running("here")
            try await engine.policy(["verbs": ["create", "suspend"]])
            _ = try await engine.requestCreation("web")

            let again = try await refusalCode { try await engine.create("web") }
            let taken = try await refusalCode { try await engine.create("here") }
            _ = try await engine.requested { try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member) }
            let twice = try await refusalCode {
                try await engine.vclusters.suspend(vcluster.id, as: engine.acme.member)
            }

            #expect(again == .alreadyExists && taken == .alreadyExists && twice == .conflict)
        }
    }

    @Test func expired_isNobodysToApprove() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(["expiryHours": 2, "holdHours": 24])
            let request = try await engine.requestCreation()
            let sweeper = engine.services.keepers.requests

            #expect(try await sweeper.runOnce() == 0)
            engine.time.advance(by: .seconds(2 * 3600))
            let late = try await refusalCode { try await engine.approvals.approve(request.id, as: engine.acme.manager) }
            #expect(try await engine.approvals.list(.toDecide, as: engine.acme.manager).items.isEmpty)
            let count = try await sweeper.runOnce()

            #expect(late == .conflict && count == 1)
            #expect(try await engine.request(request.id).state == .expired)
            #expect(try await engine.used(engine.acme.root.id) == .zero, "its hold ends with it")
        }
    }

    @Test func requests_areSeenByThoseTheyConcern() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy()
            let request = try await engine.requestCreation()
            func sees(_ caller: Caller) async throws -> Bool {
                try await refusalCode { try await engine.approvals.get(request.id, as: caller) } == nil
            }

            #expect(try await sees(engine.acme.member))
            #expect(try await sees(engine.acme.viewer))
            #expect(try await sees(engine.acme.manager))
            #expect(try await sees(engine.acme.auditor))
            #expect(try await !sees(engine.acme.stranger))
            #expect(try await !sees(engine.acme.nobody))
            let lists = [
                try await engine.approvals.list(as: engine.acme.stranger).items.count,
                try await engine.approvals.list(.mine, as: engine.acme.member).items.count,
                try await engine.approvals.list(.toDecide, as: engine.acme.member).items.count,
                try await engine.approvals.list(.toDecide, as: engine.acme.manager).items.count,
                try await engine.approvals.countToDecide(as: engine.acme.manager),
            ]
            #expect(lists == [0, 1, 0, 1, 1])
            // Levels above the reader are not told.
            let shown = try await engine.approvals.get(request.id, as: engine.acme.member).impact.rows.map(\.tenantName)
            #expect(Set(shown) == ["Payments"])
        }
    }
}

extension ApprovalService {
    func list(_ view: ApprovalRequestFilter.View, as caller: Caller) async throws -> Page<ApprovalRequest> {
        var filter = ApprovalRequestFilter()
        filter.view = view
        return try await list(filter, as: caller)
    }
}
