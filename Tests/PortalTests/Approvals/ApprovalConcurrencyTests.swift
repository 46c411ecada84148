import JSON
import PortalTesting
import Testing

@testable import Portal

/// Approvals and holds under concurrency: once, and never over a limit.
struct ApprovalConcurrencyTests {
    @Test func lastApproval_carriesOutOnce_fromWhateverSession() async throws {
        try await Engine.with(workers: 0) { engine in
            let lead = try await engine.person("lead", .manager, at: engine.acme.engineering)
            try await engine.policy(["holdHours": 4])
            let other = try engine.another("second")
            for round in 0..<5 {
                let request = try await engine.requestCreation("web-\(round)")
                let outcomes = await withTaskGroup(of: PortalError.Code?.self) { group in
                    for index in 0..<6 {
                        let approvals = index.isMultiple(of: 2) ? engine.approvals : other.approvals
                        let caller = index < 3 ? lead : engine.acme.manager
                        group.addTask {
                            do {
                                _ = try await approvals.approve(request.id, as: caller)
                                return nil
                            } catch {
                                return (error as? PortalError)?.code ?? .internal
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }

                #expect(outcomes.filter { $0 == nil }.count == 1, "\(outcomes)")
                #expect(outcomes.compactMap(\.self).allSatisfy { $0 == .conflict }, "\(outcomes)")
            }
            #expect(try await engine.used(engine.acme.root.id)[.vclusters] == 5)
            #expect(try await engine.vclusters.list(as: engine.acme.member).items.count == 5)
            try await engine.requireExactCounters()
        }
    }

    @Test func requestsApprovalsAndCreations_neverOvershoot() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.policy(["holdHours": 4], at: engine.acme.payments)
            try await engine.limit(engine.acme.engineering.id, [.vclusters: 10])
            let acme = engine.acme
            let seen = try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        // Half go through approval, half do not; a third of the requests are taken back.
                        if index.isMultiple(of: 2) {
                            let new = NewVCluster(tenantID: acme.platform.id, name: "direct-\(index)")
                            _ = try? await engine.vclusters.create(new, as: acme.manager)
                        } else if let request = try? await engine.requestCreationQuietly("asked-\(index)") {
                            if index % 3 == 0 {
                                _ = try? await engine.approvals.cancel(request.id, as: acme.member)
                            } else {
                                _ = try? await engine.approvals.approve(request.id, as: acme.manager)
                            }
                        }
                        return try await engine.used(acme.engineering.id)[.vclusters]
                    }
                }
                return try await group.reduce(into: 0) { $0 = max($0, $1) }
            }

            #expect(seen <= 10)
            let live = try await engine.vclusters.list(as: acme.manager).items.count
            #expect(try await engine.used(acme.engineering.id)[.vclusters] == Int64(live))
            #expect(live <= 10 && live >= 5, "\(live)")
            #expect(try await engine.held(acme.engineering.id) == .zero)
            let failed = try await engine.approvals.list(as: .system("test")).items.filter { $0.state == .failed }
            #expect(failed.isEmpty, "what was held cannot be refused")
            try await engine.requireExactCounters()
        }
    }
}

extension Engine {
    /// The request of a creation; nil when the quotas refused it.
    fileprivate func requestCreationQuietly(_ name: String) async throws -> ApprovalRequest? {
        do {
            _ = try await create(name)
            return nil
        } catch let pending as ApprovalPending {
            return pending.request
        }
    }
}
