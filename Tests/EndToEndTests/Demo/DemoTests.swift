import Foundation
import JSON
import Logging
import Portal
import PortalTesting
import Testing

/// The organization that `make run` begins with.
@Suite(.timeLimit(.minutes(4)))
struct DemoTests {
    @Test func demo_leavesEveryTeamRoomAndChangesNothingTheSecondTime() async throws {
        try await TestDatabase.withLease { lease in
            let services = PortalServices(
                database: lease.database,
                time: SystemTimeSource(),
                secretBox: SecretBox(ring: try KeyRing(parsing: Site.encryptionKeys)),
                drivers: ScriptedHosts(),
                limits: .testing,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let system = Caller.system("test")
            func run() async throws -> (vclusters: Int, loans: Int, rows: Int) {
                let demo = try PortalProcess.command(["demo"], database: lease.url)
                #expect(try await demo.waitUntilEnd(within: .seconds(120)) == 0, "\(demo.output)")
                let tenants = try await services.tenants.list(as: system).items
                let payments = try #require(tenants.first { $0.name == "Payments" })
                let waiting = try await services.approvals.list(as: system).items
                #expect(waiting.map(\.vclusterName) == ["checkout-prod"] && waiting.allSatisfy { $0.state == .pending })
                return (
                    try await services.vclusters.list(as: system).items.count,
                    try await services.quotas.loans(of: payments.id, as: system).items.count,
                    try await services.audit.list(as: system).items.count
                )
            }

            let first = try await run()
            let second = try await run()

            #expect(first == second)
            #expect(first.vclusters == 10 && first.loans == 1)
            let template = try #require(try await services.templates.list(as: system).items.first)
            for team in try await services.tenants.list(as: system).items where team.depth == 3 {
                // Fails when a limit asks for more than the template bounds, or has no room left.
                try await services.vclusters.create(
                    NewVCluster(tenantID: team.id, name: "tour", templateID: template.id),
                    as: system
                )
            }
        }
    }
}
