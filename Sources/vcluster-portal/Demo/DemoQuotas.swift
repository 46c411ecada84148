import FoundationEssentials
import JSON
import Portal

/// What the tenants of the demo may have, so that every picture of quotas has something to show.
struct DemoQuotas {
    let services: PortalServices
    let teams: [String: TenantID]

    /// Limits by tenant, as `PUT /tenants/{id}/quota` takes them: roomy for the demo's vclusters and for a visitor's own.
    static let limits: [(tenant: String, quota: JSONObject)] = [
        ("Acme", ["limits": ["vclusters": 80, "cpu": "300", "memory": "1200Gi", "storage": "6Ti"]]),
        ("Engineering", ["limits": ["vclusters": 40, "cpu": "160", "memory": "480Gi", "storage": "3Ti"]]),
        ("Platform", ["limits": ["cpu": "80", "memory": "280Gi", "storage": "2Ti"], "overcommit": ["cpu": 1.5]]),
        ("Payments", ["limits": ["vclusters": 20, "cpu": "80", "memory": "160Gi"], "userCaps": ["vclusters": 12]]),
        ("Data", ["limits": ["cpu": "120", "memory": "480Gi"], "strict": true]),
        ("ML", ["limits": ["cpu": "80", "memory": "320Gi"]]),
        ("BI", ["limits": ["cpu": "40", "memory": "160Gi"]]),
    ]

    /// Sets limits, lends some of them and makes a rule, unless there are limits already.
    func ensure(at now: Date) async throws {
        let caller = Caller.system("demo")
        guard let acme = teams["Acme"], let platform = teams["Platform"], let payments = teams["Payments"] else {
            return
        }
        guard try await services.quotas.report(of: acme, as: caller).limits.byDimension.isEmpty else { return }
        for (name, quota) in Self.limits {
            guard let tenant = teams[name] else { continue }
            _ = try await services.quotas.setLimits(QuotaLimitsPatch(validating: quota), of: tenant, as: caller)
        }
        let loan = NewQuotaLoan(
            borrowerID: payments,
            amounts: try QuotaAmounts(validating: ["cpu": "8", "memory": "16Gi"], at: "amounts"),
            endsAt: now.addingTimeInterval(14 * 86_400),
            reason: "Load tests before the sales week"
        )
        _ = try await services.quotas.lend(loan, from: platform, as: caller)
        _ = try await services.accessRules.create(Self.rule, at: acme, as: caller)
    }

    private static let rule: JSONValue = [
        "name": "No deletions in production on weekends",
        "description": "Nobody is there to notice.",
        "effect": "deny",
        "permissions": ["vclusters.delete"],
        "conditions": [
            "environments": ["prod"],
            "window": ["days": ["sat", "sun"], "from": "00:00", "to": "24:00", "timeZone": "Europe/Berlin"],
        ],
    ]
}
