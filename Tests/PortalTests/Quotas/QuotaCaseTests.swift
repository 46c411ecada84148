import Portal
import PortalTesting
import Testing

/// The table of quota cases: the database and the rule in Swift have to say the same, and what is expected.
struct QuotaCaseTests {
    @Test(arguments: QuotaCase.chains + QuotaCase.rules + QuotaCase.trees + QuotaCase.lending)
    func admission_decidesAsExpectedAndAsItsTwin(_ quotaCase: QuotaCase) async throws {
        try await withDatabase { database in
            let tree = try await QuotaTree.make(quotaCase, in: database)
            var model = QuotaModel(quotaCase, ids: tree.ids)

            let refusal = try await tree.refusal(of: quotaCase.action)

            #expect(outcome(of: refusal) == quotaCase.outcome)
            #expect(model.refusal() == refusal)
            #expect(try await tree.drift() == [])
        }
    }

    @Test func table_hasManyCasesWithNamesOfTheirOwn() {
        let names = (QuotaCase.chains + QuotaCase.rules + QuotaCase.trees + QuotaCase.lending).map(\.name)

        #expect(names.count >= 60)
        #expect(Set(names).count == names.count)
    }

    private func outcome(of refusal: QuotaRefusal?) -> QuotaCase.Outcome {
        guard let refusal else { return .admitted }
        return .refused(refusal.reason, at: refusal.tenantName, refusal.dimension, left: refusal.headroom)
    }
}
