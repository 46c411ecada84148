import JSON
@testable import Portal
import PortalTesting
import Testing

/// Moves of subtrees that use something: the quotas of the new place decide in the same transaction.
struct TenantMoveQuotaTests {
    @Test func move_isRefusedByTheLevelThatHasNoRoom() async throws {
        try await withPortal { portal in
            let (acme, services) = (portal.organization, portal.services)
            for name in ["first", "second"] {
                let new = NewVCluster(tenantID: acme.payments.id, name: name)
                _ = try await services.vclusters.create(new, as: acme.member)
            }
            var patch = QuotaLimitsPatch()
            patch.limits = [.vclusters: 1]
            _ = try await services.quotas.setLimits(patch, of: acme.data.id, as: acme.admin)

            let error = await #expect(throws: PortalError.self) {
                try await services.tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
            }
            let unmoved = try await services.tenants.get(acme.payments.id, as: acme.admin)
            patch.limits = [.vclusters: 2]
            _ = try await services.quotas.setLimits(patch, of: acme.data.id, as: acme.admin)
            _ = try await services.tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)

            #expect(error?.code == .quotaExceeded)
            #expect(error?.extensions["level"]?["tenantId"] == .string(acme.data.id.description))
            #expect(error?.extensions["missing"] == 1)
            #expect(unmoved.path == acme.payments.path && unmoved.version == 1)
            let left = try await services.quotas.report(of: acme.engineering.id, as: acme.admin)
            let arrived = try await services.quotas.report(of: acme.data.id, as: acme.admin)
            #expect(left.rows.first?.used == 0)
            #expect(arrived.rows.first?.used == 2)
        }
    }
}
