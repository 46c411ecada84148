import Portal

/// The people and teams of the demo.
enum DemoOrganization {
    static let departments: [(name: String, teams: [String])] = [
        ("Engineering", ["Platform", "Payments"]),
        ("Data", ["ML", "BI"]),
        ("Finance", ["Controlling", "Treasury"]),
    ]

    /// E-mail, name, role, and the tenant at which the role is held.
    static let people: [(email: String, name: String, role: Role, tenant: String)] = [
        ("admin@acme.example", "Ada Admin", .admin, "Acme"),
        ("manager.engineering@acme.example", "Maya Manager", .manager, "Engineering"),
        ("member.payments@acme.example", "Pavel Payments", .member, "Payments"),
        ("member.ml@acme.example", "Mei Learning", .member, "ML"),
        ("viewer@acme.example", "Vera Viewer", .viewer, "Acme"),
        ("finance@acme.example", "Finn Finance", .finance, "Acme"),
        ("auditor@acme.example", "Audrey Auditor", .auditor, "Acme"),
    ]

    /// Known to everybody, so only for a demo; the README names it.
    static let password = "acme-demo-in-2026"

    /// Makes what is missing.
    ///
    /// - Returns: The id of every tenant by its name.
    static func ensure(_ services: PortalServices) async throws -> [String: TenantID] {
        let caller = Caller.system("demo")
        let root = try await services.tenants.ensureRoot(name: "Acme", as: caller)
        var tenants = [root.name: root.id]
        for department in departments {
            let made = try await services.tenants.ensure(name: department.name, parentID: root.id, as: caller)
            tenants[department.name] = made.id
            for team in department.teams {
                tenants[team] = try await services.tenants.ensure(name: team, parentID: made.id, as: caller).id
            }
        }
        for person in people {
            let new = NewUser(email: person.email, name: person.name, password: password)
            let user = try await services.identity.ensureUser(new, as: caller)
            guard let tenant = tenants[person.tenant] else { continue }
            try await services.tenants.addMember(user.id, role: person.role, to: tenant, as: caller)
        }
        return tenants
    }
}

/// What `serve --demo-logins` prints.
enum DemoLogins {
    static var lines: [String] {
        ["", "Sign in with the password \(DemoOrganization.password) as"]
            + DemoOrganization.people.map { "  \($0.email)  (\($0.role.rawValue) of \($0.tenant))" }
    }
}
