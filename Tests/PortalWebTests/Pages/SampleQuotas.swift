import Foundation
import HTTPCore
@testable import Portal
@testable import PortalWeb

/// Sample models of quotas.
enum SampleQuotas {
    static let gibibyte: Int64 = 1 << 30

    /// A tenant that is over one limit, near another, and bounded by the level above in a third.
    static func report(_ root: Tenant, _ tenant: Tenant) -> QuotaReport? {
        let above = QuotaLevel(
            tenantID: root.id,
            tenantName: root.name,
            limits: QuotaLimits([
                .cpu: QuotaLimit(amount: 64_000), .memory: QuotaLimit(amount: 256 * gibibyte),
                .gpus: QuotaLimit(amount: 8),
            ]),
            use: QuotaUse(used: QuotaAmounts([.cpu: 60_000, .memory: 128 * gibibyte, .gpus: 2]))
        )
        var used = QuotaAmounts([.vclusters: 6, .cpu: 14_500, .memory: 90 * gibibyte, .storage: 400 * gibibyte])
        // More extended resources than fit on a page.
        for number in 1...25 { used[.extended("example.com/r\(number)")] = Int64(number) }
        let level = QuotaLevel(
            tenantID: tenant.id,
            tenantName: tenant.name,
            limits: QuotaLimits([
                .vclusters: QuotaLimit(amount: 5, userCap: 2),
                .cpu: QuotaLimit(amount: 20_000, overcommitPerMille: 1500),
                .memory: QuotaLimit(amount: 96 * gibibyte),
                .extended("nvidia.com/mig-1g.5gb"): QuotaLimit(amount: 4),
            ]),
            use: QuotaUse(
                used: used,
                held: QuotaAmounts([.cpu: 2_000])
            )
        )
        let loans = QuotaBalance(lent: QuotaAmounts([.memory: 2 * gibibyte]), borrowed: QuotaAmounts([.cpu: 500]))
        return QuotaReport([above, level], own: QuotaAmounts([.cpu: 4_000])) { _ in true }?.with(loans, at: level)
    }

    /// A loan to a sibling, one from a tenant out of sight, and one that has ended.
    static func loans(_ tenant: Tenant, _ sibling: Tenant) -> Page<QuotaLoan> {
        func loan(from lender: TenantID, _ name: String?, _ days: Double, _ amounts: QuotaAmounts) -> QuotaLoan {
            QuotaLoan(
                id: QuotaLoanID(),
                lenderID: lender,
                lenderName: lender == tenant.id ? tenant.name : name,
                borrowerID: lender == tenant.id ? sibling.id : tenant.id,
                borrowerName: lender == tenant.id ? name : tenant.name,
                amounts: amounts,
                reason: "Load test of the new checkout",
                createdAt: SamplePages.now.addingTimeInterval(-864_000),
                endsAt: SamplePages.now.addingTimeInterval(days * 86_400),
                returnedAt: days < 0 ? SamplePages.now.addingTimeInterval(days * 86_400) : nil,
                counts: days > 0
            )
        }
        return Page(
            items: [
                loan(from: tenant.id, sibling.name, 9, QuotaAmounts([.cpu: 1_500, .memory: 2 * gibibyte])),
                loan(from: TenantID(), nil, 3, QuotaAmounts([.vclusters: 1])),
                loan(from: tenant.id, sibling.name, -2, QuotaAmounts([.cpu: 500])),
            ],
            nextPageToken: "e"
        )
    }

    /// The form after a look at what would change.
    static func previewed(_ writer: Localizer) -> TenantQuotaPage? {
        scene.map { scene in
            var form = QueryItems()
            form.add("limits.cpu", "10")
            form.add("limits.vclusters", "8")
            form.add("strict", "true")
            let typed = TenantQuotaForm(scene.report, form)
            let after = (try? typed.patch().applied(to: scene.report.limits)) ?? QuotaLimits()
            let violation = QuotaRefusal(
                .limit,
                at: scene.tenant.id,
                named: scene.tenant.name,
                in: .cpu,
                limit: 10_000,
                used: 14_500,
                requested: 0,
                configured: 10_000
            )
            let found = QuotaPreview([.init(violation, isBlocking: false)])
            return TenantQuotaPage(scene, typed, (after, found), refused: nil, writer)
        }
    }

    /// The form with input that is not right.
    static func refused(_ writer: Localizer) -> TenantQuotaPage? {
        scene.map { scene in
            var form = QueryItems()
            form.add("limits.cpu", "plenty")
            let error = PortalError.invalid(
                "limits.cpu",
                FieldErrorCode.invalidQuantity,
                "must be an amount such as 10, \"40\", \"500m\" or \"160Gi\""
            )
            return TenantQuotaPage(
                scene,
                TenantQuotaForm(scene.report, form),
                nil,
                refused: RefusedForm("quota", form, error),
                writer
            )
        }
    }

    private static var scene: TenantQuotaHandlers.Scene? {
        let root = SampleTenants.sample("Acme")
        let tenant = SampleTenants.sample("Engineering", below: root.path)
        return report(root, tenant).map { .init(tenant: tenant, lineage: [root, tenant], report: $0) }
    }
}
