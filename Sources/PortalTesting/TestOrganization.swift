public import Portal
public import Postgres

/// A small organization in a database: two departments, two teams in the first, and people with every role.
public struct TestOrganization: Sendable {
    /// The root, "Acme".
    public let root: Tenant
    /// A department, "Engineering".
    public let engineering: Tenant
    /// A team of Engineering, "Payments".
    public let payments: Tenant
    /// Another team of Engineering, "Platform".
    public let platform: Tenant
    /// Another department, "Data".
    public let data: Tenant

    /// `admin` at the root.
    public let admin: Caller
    /// `manager` of Engineering.
    public let manager: Caller
    /// `member` of Payments.
    public let member: Caller
    /// `viewer` of Payments.
    public let viewer: Caller
    /// `member` of Data: the stranger to everything in Engineering.
    public let stranger: Caller
    /// `auditor` at the root.
    public let auditor: Caller
    /// `finance` at the root.
    public let finance: Caller
    /// Nobody: an account without any role.
    public let nobody: Caller

    /// The password of everybody.
    public static let password = "correct horse battery"

    /// Makes the organization through the services, and returns callers as a sign-in would.
    public static func make(
        in database: PostgresDatabase,
        time: any TimeSource = ManualTime(),
        limits: PortalLimits = .testing
    ) async throws -> TestOrganization {
        let identity = IdentityService(database: database, time: time, limits: limits)
        let tenants = TenantService(database: database, time: time, limits: limits)
        let system = Caller.system("test")
        let root = try await tenants.ensureRoot(name: "Acme", as: system)
        let engineering = try await tenants.ensure(name: "Engineering", parentID: root.id, as: system)
        let payments = try await tenants.ensure(name: "Payments", parentID: engineering.id, as: system)
        let platform = try await tenants.ensure(name: "Platform", parentID: engineering.id, as: system)
        let data = try await tenants.ensure(name: "Data", parentID: root.id, as: system)

        func caller(_ name: String, _ role: Role?, at tenant: Tenant) async throws -> Caller {
            let user = try await identity.ensureUser(
                NewUser(email: "\(name)@acme.example", name: name, password: password),
                as: system
            )
            guard let role else { return Caller.make(user) }
            try await tenants.addMember(user.id, role: role, to: tenant.id, as: system)
            return Caller.make(user, [(role, tenant)])
        }
        return TestOrganization(
            root: root,
            engineering: engineering,
            payments: payments,
            platform: platform,
            data: data,
            admin: try await caller("admin", .admin, at: root),
            manager: try await caller("manager", .manager, at: engineering),
            member: try await caller("member", .member, at: payments),
            viewer: try await caller("viewer", .viewer, at: payments),
            stranger: try await caller("stranger", .member, at: data),
            auditor: try await caller("auditor", .auditor, at: root),
            finance: try await caller("finance", .finance, at: root),
            nobody: try await caller("nobody", nil, at: root)
        )
    }
}
