import FoundationEssentials
import JSON
import Portal

/// A policy of the demo and a request that waits because of it, for those who want to try deciding.
struct DemoApprovals {
    let services: PortalServices
    let teams: [String: TenantID]
    let templates: [String: TemplateID]

    /// Makes both, unless Engineering has a policy.
    func ensure() async throws {
        let system = Caller.system("demo")
        guard let engineering = teams["Engineering"], let payments = teams["Payments"],
            try await services.approvalPolicies.list(at: engineering, as: system).items.isEmpty
        else { return }
        _ = try await services.approvalPolicies.create(Self.policy, at: engineering, as: system)
        let requester = try await caller("member.payments@acme.example", at: payments)
        do {
            try await services.vclusters.create(
                NewVCluster(
                    tenantID: payments,
                    name: "checkout-prod",
                    templateID: templates["Development"],
                    labels: ["app": "checkout-prod"],
                    environment: .production
                ),
                as: requester
            )
        } catch is ApprovalPending {
            // What is wanted: it waits for Maya Manager.
        }
    }

    private static let policy: JSONValue = [
        "name": "Production needs the department",
        "description": "Somebody has to answer for it at night.",
        "verbs": ["create", "scale", "delete"],
        "conditions": ["environments": ["prod"]],
        "steps": [["role": "manager"]],
        "holdHours": 72,
        "expiryHours": 336,
    ]

    /// One of the demo's people, as they would come by a browser.
    private func caller(_ email: String, at tenantID: TenantID) async throws -> Caller {
        let system = Caller.system("demo")
        let name = DemoOrganization.people.first { $0.email == email }?.name ?? email
        let new = NewUser(email: email, name: name, password: DemoOrganization.password)
        let user = try await services.identity.ensureUser(new, as: system)
        let tenant = try await services.tenants.get(tenantID, as: system)
        let role = RoleBinding(tenantID: tenantID, tenantPath: tenant.path, role: .member)
        return Caller(user: user, bindings: [role], via: .session(SessionID()))
    }
}
