import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Testing

/// Slices of a strict tenant that are too much without anybody's change, and those of archived tenants.
struct QuotaBrokenSlicesTests {
    private func set(_ json: JSONObject, of id: TenantID, _ engine: Engine) async throws {
        let patch = try QuotaLimitsPatch(validating: json)
        let preview = try await engine.services.quotas.preview(patch, of: id, as: engine.acme.admin)
        do {
            _ = try await engine.services.quotas.setLimits(patch, of: id, as: engine.acme.admin)
            #expect(preview.isAllowed, "the preview of \(json) tells what happens")
        } catch {
            #expect(!preview.isAllowed, "the preview of \(json) tells what happens")
            throw error
        }
    }

    /// Engineering hands out all of its 1,000m, with overcommit, while Platform lends to Payments; then the loan ends.
    private func breakByALoansEnd(_ engine: Engine) async throws {
        let acme = engine.acme
        try await set(["limits": ["cpu": "1"], "strict": true], of: acme.engineering.id, engine)
        try await set(["limits": ["cpu": "400m", "pods": 10]], of: acme.payments.id, engine)
        try await set(
            ["limits": ["cpu": "400m", "pods": 10], "overcommit": ["cpu": 1.5]],
            of: acme.platform.id,
            engine
        )
        _ = try await engine.services.quotas.lend(
            NewQuotaLoan(
                borrowerID: acme.payments.id,
                amounts: QuotaAmounts([.cpu: 200]),
                endsAt: engine.time.now().advanced(by: .seconds(60)),
                reason: "load test"
            ),
            from: acme.platform.id,
            as: acme.manager
        )
        // 600 and 200 × 1.5 are 900: there is room for 100 more until the loan ends.
        let third = try await engine.services.tenants.create(
            name: "Third",
            parentID: acme.engineering.id,
            as: acme.admin
        )
        try await set(["limits": ["cpu": "100m"]], of: third.id, engine)
        engine.time.advance(by: .seconds(61))
        _ = try await engine.services.keepers.sweeper.runOnce()
    }

    @Test func setLimits_belowABrokenTenantRefusesOnlyWhatMakesItWorse() async throws {
        try await Engine.with(workers: 0) { engine in
            try await breakByALoansEnd(engine)
            let acme = engine.acme

            let more = try await engine.refusal {
                try await set(["limits": ["cpu": "401m"]], of: acme.payments.id, engine)
            }
            #expect(more?.code == .quotaExceeded)
            #expect(more?.extensions["reason"] == "slices")
            #expect(more?.extensions["used"] == "700m", "without its own")
            let factor = try await engine.refusal {
                try await set(["overcommit": ["cpu": 1.6]], of: acme.platform.id, engine)
            }
            #expect(factor?.code == .quotaExceeded)
            let less = try await engine.refusal {
                try await set(["limits": ["cpu": "999m"]], of: acme.engineering.id, engine)
            }
            #expect(less?.code == .quotaExceeded)

            try await set(["limits": ["pods": 11]], of: acme.payments.id, engine)
            try await set(["limits": ["cpu": "350m"]], of: acme.payments.id, engine)
            try await set(["limits": ["cpu": "300m"]], of: acme.payments.id, engine)
            let again = try await engine.refusal {
                try await set(["limits": ["cpu": "301m"]], of: acme.payments.id, engine)
            }
            #expect(again?.code == .quotaExceeded, "whole again, and so it stays")
        }
    }

    @Test func lend_belowABrokenTenantWorksInOtherDimensions() async throws {
        try await Engine.with(workers: 0) { engine in
            try await breakByALoansEnd(engine)

            let loan = try await engine.services.quotas.lend(
                NewQuotaLoan(
                    borrowerID: engine.acme.payments.id,
                    amounts: QuotaAmounts([.pods: 2]),
                    endsAt: engine.time.now().advanced(by: .seconds(60)),
                    reason: "load test"
                ),
                from: engine.acme.platform.id,
                as: engine.acme.manager
            )

            #expect(loan.counts)
        }
    }

    @Test func archive_freesTheSliceAndUnarchiveNeedsItAgain() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            let tenants = engine.services.tenants
            try await set(["limits": ["cpu": "1"], "strict": true], of: acme.engineering.id, engine)
            try await set(["limits": ["cpu": "600m"]], of: acme.platform.id, engine)
            let before = try await engine.refusal {
                try await set(["limits": ["cpu": "500m"]], of: acme.payments.id, engine)
            }
            #expect(before?.code == .quotaExceeded)

            _ = try await tenants.archive(acme.platform.id, as: acme.admin)

            let report = try await engine.services.quotas.report(of: acme.payments.id, as: acme.member)
            #expect(report.rows.first { $0.dimension == .cpu }?.headroom == 1000, "the remainder has it")
            try await reserve(900, at: acme.engineering.id, engine)
            try await set(["limits": ["cpu": "500m"]], of: acme.payments.id, engine)

            let back = try await engine.refusal { try await tenants.unarchive(acme.platform.id, as: acme.admin) }
            #expect(back?.code == .quotaExceeded)
            #expect(back?.extensions["reason"] == "slices")
            #expect(back?.extensions["missing"] == "100m")
            #expect(try await tenants.get(acme.platform.id, as: acme.admin).isArchived)
            try await set(["limits": ["cpu": "400m"]], of: acme.payments.id, engine)
            #expect(try await !tenants.unarchive(acme.platform.id, as: acme.admin).isArchived)
        }
    }

    private func reserve(_ cpu: Int64, at id: TenantID, _ engine: Engine) async throws {
        let now = engine.time.now()
        let hold = QuotaReservation(
            hold: UUID(),
            of: QuotaAmounts([.cpu: cpu]),
            at: id,
            ownerID: nil,
            until: now.addingTimeInterval(3600)
        )
        try await PortalDatabase(engine.database).elevated(for: .quotaChain).transaction { transaction in
            try await QuotaAdmission(transaction, at: now).hold(hold)
        }
    }
}
