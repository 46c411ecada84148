public import FoundationEssentials
public import Portal

extension User {
    /// A user that no database knows.
    public static func make(
        email: String = "ada@example.com",
        name: String = "Ada",
        locale: UserLocale? = nil,
        disabledAt: Date? = nil
    ) -> User {
        User(
            id: UserID(),
            email: email,
            name: name,
            locale: locale,
            disabledAt: disabledAt,
            createdAt: Date(timeIntervalSince1970: 1_767_600_000)
        )
    }
}

extension Tenant {
    /// A tenant that no database knows, below a path.
    public static func make(name: String = "Acme", below path: [TenantID] = []) -> Tenant {
        let id = TenantID()
        let created = Date(timeIntervalSince1970: 1_767_600_000)
        return Tenant(id: id, name: name, path: path + [id], createdAt: created, updatedAt: created)
    }
}

extension Host {
    /// A simulated host that no database knows.
    public static func make(
        name: String = "simulated-1",
        settings: HostSettings = .simulated(SimulatedHostSettings())
    ) -> Host {
        let created = Date(timeIntervalSince1970: 1_767_600_000)
        return Host(id: HostID(), name: name, settings: settings, createdAt: created, updatedAt: created)
    }
}

extension Caller {
    /// A caller with roles at tenants, signed in by a session that no database knows.
    public static func make(_ user: User = .make(), _ roles: [(role: Role, tenant: Tenant)] = []) -> Caller {
        Caller(
            user: user,
            bindings: roles.map { RoleBinding(tenantID: $0.tenant.id, tenantPath: $0.tenant.path, role: $0.role) },
            via: .session(SessionID())
        )
    }
}

extension PortalLimits {
    /// The defaults with password hashes that take no time.
    public static var testing: PortalLimits {
        var limits = PortalLimits()
        limits.identity.passwordCost = .minimal
        return limits
    }
}

extension PasswordPolicy {
    /// The policy with the word list of the product.
    public static var bundled: PasswordPolicy {
        get throws {
            let path = try TestProject.root() + "/Resources/passwords/common.txt"
            return PasswordPolicy(blocklist: try PasswordBlocklist(path: path))
        }
    }
}
