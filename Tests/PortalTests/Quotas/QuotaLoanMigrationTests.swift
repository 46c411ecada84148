import FoundationEssentials
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// What becomes of open loans when the version that knows them is taken back.
struct QuotaLoanMigrationTests {
    @Test func down_givesBothSidesTheirOwnLimits() async throws {
        try await withPortal { portal in
            let (acme, quotas) = (portal.organization, portal.services.quotas)
            var patch = QuotaLimitsPatch()
            patch.limits = [.cpu: 4000]
            for team in [acme.payments, acme.platform] {
                _ = try await quotas.setLimits(patch, of: team.id, as: acme.admin)
            }
            let loan = NewQuotaLoan(
                borrowerID: acme.platform.id,
                amounts: QuotaAmounts([.cpu: 1500]),
                endsAt: Date().addingTimeInterval(3600),
                reason: "load test"
            )
            _ = try await quotas.lend(loan, from: acme.payments.id, as: acme.admin)
            let everything = PortalDatabase(portal.database).elevated(for: .quotaChain)
            let teams = [acme.payments.id, acme.platform.id]
            func counted() async throws -> [Int64] {
                let rows = try await everything.query(QuotaTestQueries.countedCPU(of: teams))
                return try rows.map { try $0.decode("cpu") }
            }
            #expect(try await counted().sorted() == [2500, 5500])

            let migrator = Migrator(
                directory: "\(try TestProject.root())/migrations",
                database: portal.database,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let all = try await migrator.status()
            let number = try #require(all.first { $0.name == "create_quota_loans" }?.number)
            try await migrator.down(steps: all.count - number + 1)

            #expect(try await counted() == [4000, 4000])
        }
    }
}
