import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Limits that are allowed one by one and whose sum is beyond 64 bits.
struct QuotaHugeLimitTests {
    private static let most = PortalLimits.Quotas.limitMax

    /// Sets limits as a person does.
    private func set(_ json: JSONObject, of id: TenantID, _ engine: Engine) async throws {
        _ = try await engine.services.quotas.setLimits(
            try QuotaLimitsPatch(validating: json),
            of: id,
            as: engine.acme.admin
        )
    }

    /// Gives Engineering eight children with the largest limit of storage each, some of them with overcommit.
    private func addHugeChildren(_ engine: Engine) async throws {
        for number in 1...8 {
            let tenant = Tenant.make(name: "Huge \(number)", below: engine.acme.engineering.path)
            try await PortalDatabase(engine.database).elevated(for: .quotaChain)
                .execute(TenantQueries.insert(tenant, createdBy: nil))
            let overcommit: JSONValue = number.isMultiple(of: 2) ? ["storage": 8] : [:]
            try await set(["limits": ["storage": "1Ei"], "overcommit": overcommit], of: tenant.id, engine)
        }
    }

    @Test func simulate_besideALargeOvercommitAnswers() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            try await set(["limits": ["storage": "1Ei"], "overcommit": ["storage": 8]], of: acme.payments.id, engine)
            let patch = try QuotaLimitsPatch(validating: ["limits": ["storage": "1Ei"]])

            let preview = try await engine.services.quotas.preview(patch, of: acme.platform.id, as: acme.admin)
            #expect(preview.isAllowed)

            try await set(["limits": ["storage": "1Pi"], "strict": true], of: acme.data.id, engine)
            let move = try await engine.services.quotas.preview(
                patch,
                movedTo: acme.data.id,
                of: acme.platform.id,
                as: acme.admin
            )
            #expect(!move.isAllowed)
        }
    }

    @Test func sums_beyondSixtyFourBitsAreTheLargestNumber() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            try await addHugeChildren(engine)

            _ = try await engine.services.quotas.report(of: acme.payments.id, as: acme.member)
            let snapshot = try await QuotaSnapshot.load(
                [acme.engineering.id],
                in: PortalDatabase(engine.database).elevated(for: .quotaChain)
            )
            let slices = snapshot.levels[acme.engineering.id]?.slices[.storage]
            #expect(slices?.amount == .max)
            #expect(slices?.bound == .max)

            let refusal = try await engine.refusal {
                try await set(["limits": ["storage": "1Ei"], "strict": true], of: acme.engineering.id, engine)
            }
            #expect(refusal?.code == .quotaExceeded)
            #expect(refusal?.extensions["reason"] == "slices")
            // Strict by nothing but a cap: no slices to check, and admissions go on.
            try await set(["userCaps": ["storage": "1Ti"], "strict": true], of: acme.engineering.id, engine)
            _ = try await engine.create(spec: ["quota": ["storage": "10Gi"]])
            let capped = try await engine.refusal {
                try await engine.create("more", spec: ["quota": ["storage": "1Ti"]])
            }
            #expect(capped?.extensions["reason"] == "user")
        }
    }

    @Test func lendable_ofAStrictTenantWithHugeSlicesIsNothing() {
        let limit = QuotaLimit(amount: Self.most, overcommitPerMille: 8000)
        let level = QuotaLevel(
            tenantID: TenantID(),
            tenantName: "Engineering",
            limits: QuotaLimits([.storage: limit], isStrict: true),
            use: QuotaUse(QuotaAmounts([.storage: 5]), class: .burstable),
            slices: [.storage: QuotaSlices().adding(limit, QuotaUse(), in: .storage)]
        )

        #expect(QuotaLoanRule.lendable(.storage, by: level) == 0)
    }

    @Test func slices_staySaturated() {
        let limit = QuotaLimit(amount: Self.most, overcommitPerMille: 8000)
        let one = QuotaSlices().adding(limit, QuotaUse(), in: .storage)
        let two = one.adding(limit, QuotaUse(), in: .storage)

        #expect(one.bound == .max)
        #expect(two.amount == 2 * Self.most)
        #expect(two.bound == .max)
        #expect(two.removing(limit, QuotaUse(), in: .storage).amount == Self.most)
        #expect(two.removing(limit, QuotaUse(), in: .storage).bound == .max)
    }
}
