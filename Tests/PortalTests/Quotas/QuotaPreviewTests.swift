import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Testing

/// Previews say no where the change itself is refused for another reason than quotas.
struct QuotaPreviewTests {
    private func code(_ body: () async throws -> QuotaPreview) async -> PortalError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? PortalError)?.code
        }
    }

    private func patch(_ json: JSONObject) throws -> QuotaLimitsPatch { try QuotaLimitsPatch(validating: json) }

    @Test func preview_ofWhatIsLentAnswersAsTheChange() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            let quotas = engine.services.quotas
            try await engine.limit(acme.payments.id, [.cpu: 4000])
            try await engine.limit(acme.platform.id, [.cpu: 4000])
            _ = try await quotas.lend(
                NewQuotaLoan(
                    borrowerID: acme.platform.id,
                    amounts: QuotaAmounts([.cpu: 1500]),
                    endsAt: engine.time.now().advanced(by: .seconds(60)),
                    reason: "load test"
                ),
                from: acme.payments.id,
                as: acme.manager
            )
            func lower(_ id: TenantID, to cpu: JSONValue) async throws -> PortalError.Code? {
                let wish = try patch(["limits": ["cpu": cpu]])
                return await code { try await quotas.preview(wish, of: id, as: acme.manager) }
            }

            #expect(try await lower(acme.payments.id, to: "1499m") == .conflict)
            #expect(try await lower(acme.payments.id, to: .null) == .conflict)
            #expect(try await lower(acme.payments.id, to: "1500m") == nil)
            // Who has lent nothing may be without a limit; what was borrowed has no meaning then.
            #expect(try await lower(acme.platform.id, to: .null) == nil)
            _ = try await quotas.setLimits(
                try patch(["limits": ["cpu": .null]]),
                of: acme.platform.id,
                as: acme.manager
            )
            let (nothing, target) = (QuotaLimitsPatch(), acme.data.id)
            let move = await code {
                try await quotas.preview(nothing, movedTo: target, of: acme.payments.id, as: acme.admin)
            }
            #expect(move == .conflict)
        }
    }

    @Test func preview_ofArchivedOrTooDeepPlacesAnswersAsTheMove() async throws {
        try await Engine.with(workers: 0) { engine in
            let acme = engine.acme
            let (tenants, quotas) = (engine.services.tenants, engine.services.quotas)
            func move(_ id: TenantID, to parent: TenantID) async -> PortalError.Code? {
                await code {
                    try await quotas.preview(QuotaLimitsPatch(), movedTo: parent, of: id, as: acme.admin)
                }
            }
            var deepest = acme.data
            for level in 3...PortalLimits.Tenants.depthMax {
                deepest = try await tenants.create(name: "Level \(level)", parentID: deepest.id, as: acme.admin)
            }
            #expect(await move(acme.payments.id, to: deepest.id) == .invalidArgument)
            #expect(await move(acme.payments.id, to: acme.data.id) == nil)

            _ = try await tenants.archive(acme.platform.id, as: acme.admin)
            #expect(await move(acme.payments.id, to: acme.platform.id) == .conflict)
            #expect(await move(acme.platform.id, to: acme.data.id) == .conflict)
            let limits = try patch(["limits": ["cpu": 1]])
            #expect(await code { try await quotas.preview(limits, of: acme.platform.id, as: acme.admin) } == .conflict)
        }
    }

    @Test func preview_ofAMoveTellsTheTenantsOwnCaps() async throws {
        try await Engine.with(workers: 0) { engine in
            _ = try await engine.create(spec: ["quota": ["cpu": "2"]])
            let acme = engine.acme

            let preview = try await engine.services.quotas.preview(
                try patch(["userCaps": ["cpu": "1"]]),
                movedTo: acme.data.id,
                of: acme.payments.id,
                as: acme.admin
            )

            #expect(preview.isAllowed)
            #expect(preview.violations.map(\.refusal.reason) == [.user])
            #expect(preview.violations.first?.refusal.used == 2200)
        }
    }
}
