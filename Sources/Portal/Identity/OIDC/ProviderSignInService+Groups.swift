import FoundationEssentials
import JSON
import Logging
import Postgres

extension ProviderSignInService {
    /// Makes the groups that a user is in here, and the roles that a provider gives, those of the groups it tells now.
    ///
    /// Only what the provider gave is taken back: roles that people gave stay, and so does the same role at the same tenant
    /// when both gave it.
    ///
    /// - Returns: What changed, for the audit log.
    func synchronize(
        _ user: User,
        _ names: [String],
        _ settings: IdentityProviderSettings,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> [AuditEntry] {
        var entries = try await groups.follow(claim: names, for: user, in: transaction)
        let names = Set(names)
        let wanted = try await bindings(settings.groupRules.filter { names.contains($0.group) }, in: transaction)
        let rowsMax = identity.limits.identity.bindingsPerUserMax
        let held = ProviderMembershipQueries.bindings(of: user.id, provider: settings.id, rowsMax: rowsMax)
        let present = Set(try await transaction.query(held).map { try ManagedBinding(row: $0) })
        let losses = present.subtracting(wanted)
        // Two sign-ins at once must not take the last admins from each other.
        let admins = losses.contains { $0.role == .admin } ? try await AdminGuard(locking: transaction) : nil
        for binding in losses.sorted() {
            let statement = ProviderMembershipQueries.unbind(
                user.id,
                role: binding.role,
                at: binding.tenantID,
                provider: settings.id
            )
            try await transaction.execute(statement)
            entries.append(binding.entry("member.remove", user, settings))
        }
        for binding in wanted.subtracting(present).sorted() {
            let statement = ProviderMembershipQueries.bind(
                user.id,
                role: binding.role,
                at: binding.tenantID,
                provider: settings.id,
                time: now
            )
            guard try await transaction.execute(statement) > 0 else { continue }
            entries.append(binding.entry("member.add", user, settings))
        }
        try await admins?.requireOne(in: transaction)
        return entries
    }

    /// The roles that rules stand for; a rule for a tenant that does not exist stands for none, and the log says so.
    private func bindings(
        _ rules: [ProviderGroupRule],
        in transaction: PortalTransaction
    ) async throws -> Set<ManagedBinding> {
        var bindings: Set<ManagedBinding> = []
        for rule in rules {
            let statement =
                switch rule.place {
                case .id(let id): ProviderMembershipQueries.tenant(id)
                case .path(let names): ProviderMembershipQueries.tenant(named: names)
                }
            guard let row = try await transaction.query(statement).first else {
                logger.warning("a group stands for a role at no tenant", metadata: ["group": "\(rule.group)"])
                continue
            }
            bindings.insert(try ManagedBinding(tenant: row, role: rule.role))
        }
        return bindings
    }
}

/// A role at a tenant that a provider gives.
struct ManagedBinding: Hashable, Comparable {
    let tenantID: TenantID
    let tenantName: String
    let tenantPath: [TenantID]
    let role: Role

    /// Reads the columns of `ProviderMembershipQueries.bindings`.
    init(row: PostgresRow) throws {
        try self.init(tenant: row, role: try row.decode("role"))
    }

    init(tenant row: PostgresRow, role: Role) throws {
        tenantID = try row.decode("tenant_id")
        tenantName = try row.decode("tenant_name")
        tenantPath = try row.decode("tenant_path")
        self.role = role
    }

    static func < (left: ManagedBinding, right: ManagedBinding) -> Bool {
        left.tenantID == right.tenantID ? left.role.rawValue < right.role.rawValue : left.tenantID < right.tenantID
    }

    /// The audit row of a change.
    func entry(_ verb: String, _ user: User, _ settings: IdentityProviderSettings) -> AuditEntry {
        let tenant = AuditObject(kind: "tenant", id: tenantID.description, name: tenantName, tenantPath: tenantPath)
        var entry = AuditEntry(verb, of: tenant)
        let document: JSONValue = [
            "email": .string(user.email), "role": .string(role.rawValue), "provider": .string(settings.id),
        ]
        if verb == "member.remove" { entry.before = document } else { entry.after = document }
        return entry
    }
}
