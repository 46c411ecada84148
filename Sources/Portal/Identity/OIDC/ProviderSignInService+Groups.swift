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
        // A role of one's own is good for its subtree only, so the tenant must not move away meanwhile.
        if !settings.groupRules.isEmpty { try await transaction.query(TenantQueries.shareTree) }
        var entries = try await groups.follow(settings.id, claim: names, for: user, in: transaction)
        let names = Set(names)
        let wanted = try await bindings(settings.groupRules.filter { names.contains($0.group) }, in: transaction)
        let rowsMax = identity.limits.identity.bindingsPerUserMax
        let held = ProviderMembershipQueries.bindings(of: user.id, provider: settings.id, rowsMax: rowsMax)
        let present = Set(try await transaction.query(held).map { try ManagedBinding(row: $0) })
        let losses = present.subtracting(wanted)
        // Two sign-ins at once must not take the last admins from each other.
        let takesAdmin = losses.contains { $0.role.reference == .builtIn(.admin) }
        let admins = takesAdmin ? try await AdminGuard(locking: transaction) : nil
        for binding in losses.sorted() {
            let statement = ProviderMembershipQueries.unbind(
                user.id,
                role: binding.role.reference,
                at: binding.tenantID,
                provider: settings.id
            )
            try await transaction.execute(statement)
            entries.append(binding.entry(.memberRemove, user, settings))
        }
        let gains = wanted.subtracting(present).sorted()
        entries += try await give(gains, to: user, settings, at: now, in: transaction)
        try await admins?.requireOne(in: transaction)
        return entries
    }

    /// Gives roles as far as there is room; those that the user has already, from whomever, change nothing.
    private func give(
        _ gains: [ManagedBinding],
        to user: User,
        _ settings: IdentityProviderSettings,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> [AuditEntry] {
        guard !gains.isEmpty else { return [] }
        try await RoleRoom.lock(transaction)
        var room = try await RoleRoom.left(for: user.id, limits: identity.limits.identity, in: transaction)
        var entries: [AuditEntry] = []
        for binding in gains {
            guard room > 0 else {
                logger.warning(
                    "a group gives no role, because its user has as many as they may have",
                    metadata: ["user": "\(user.id)", "role": "\(binding.role.name)", "tenant": "\(binding.tenantID)"]
                )
                continue
            }
            let statement = ProviderMembershipQueries.bind(
                user.id,
                role: binding.role.reference,
                at: binding.tenantID,
                provider: settings.id,
                time: now
            )
            guard try await transaction.execute(statement) > 0 else { continue }
            room -= 1
            entries.append(binding.entry(.memberAdd, user, settings))
        }
        return entries
    }

    /// The rules of all providers whose tenant or role does not exist, for the log and for `check`.
    ///
    /// Such a rule gives nothing until there is what it names, so it is no reason not to start: roles and tenants are made
    /// in the running portal.
    ///
    /// - Returns: A line each, in the order of the settings.
    /// - Throws: `PostgresError`.
    public func missing() async throws -> [String] {
        try await identity.database.elevated(for: .authentication).transaction { transaction in
            var lines: [String] = []
            for settings in offers {
                for rule in settings.groupRules {
                    guard case .missing(let what) = try await resolve(rule, in: transaction) else { continue }
                    lines.append("the group \(rule.group) of \(settings.id) stands for \(what.rawValue)")
                }
            }
            return lines
        }
    }

    /// The roles that rules stand for; one for a tenant or role that does not exist stands for none, and the log says so.
    private func bindings(
        _ rules: [ProviderGroupRule],
        in transaction: PortalTransaction
    ) async throws -> Set<ManagedBinding> {
        var bindings: Set<ManagedBinding> = []
        for rule in rules {
            switch try await resolve(rule, in: transaction) {
            case .found(let binding): bindings.insert(binding)
            case .missing(let what):
                logger.warning("a group stands for \(what.rawValue)", metadata: ["group": "\(rule.group)"])
            }
        }
        return bindings
    }

    /// What there is of a rule.
    private enum Resolved {
        case found(ManagedBinding)
        case missing(What)

        /// What there is not.
        enum What: String {
            case tenant = "a role at no tenant"
            case role = "no role that can be given at its tenant"
        }
    }

    private func resolve(_ rule: ProviderGroupRule, in transaction: PortalTransaction) async throws -> Resolved {
        let place =
            switch rule.place {
            case .id(let id): ProviderMembershipQueries.tenant(id)
            case .path(let names): ProviderMembershipQueries.tenant(named: names)
            }
        guard let tenant = try await transaction.query(place).first else { return .missing(.tenant) }
        let path: [TenantID] = try tenant.decode("tenant_path")
        let role: SQL
        switch rule.role {
        case .builtIn(let role):
            return .found(try ManagedBinding(tenant: tenant, role: .init(role)))
        case .id(let id): role = ProviderMembershipQueries.role(id, onPath: path)
        case .name(let name): role = ProviderMembershipQueries.role(named: name, onPath: path)
        }
        guard let row = try await transaction.query(role).first else { return .missing(.role) }
        return .found(try ManagedBinding(tenant: tenant, role: .init(RoleDefinition.Facts(row: row))))
    }
}

/// A role at a tenant that a provider gives.
struct ManagedBinding: Hashable, Comparable {
    let tenantID: TenantID
    let tenantName: String
    let tenantPath: [TenantID]
    let role: HeldRole

    /// A role with what the audit log calls it.
    struct HeldRole: Hashable {
        let reference: RoleReference
        let name: String

        init(_ role: Role) {
            reference = .builtIn(role)
            name = role.rawValue
        }

        init(_ facts: RoleDefinition.Facts) {
            reference = facts.reference
            name = facts.name
        }
    }

    /// Reads the columns of `ProviderMembershipQueries.bindings`.
    init(row: PostgresRow) throws {
        try self.init(tenant: row, role: HeldRole(RoleDefinition.Facts(row: row)))
    }

    init(tenant row: PostgresRow, role: HeldRole) throws {
        tenantID = try row.decode("tenant_id")
        tenantName = try row.decode("tenant_name")
        tenantPath = try row.decode("tenant_path")
        self.role = role
    }

    static func < (left: ManagedBinding, right: ManagedBinding) -> Bool {
        (left.tenantID, left.role.reference.description) < (right.tenantID, right.role.reference.description)
    }

    /// The audit row of a change.
    func entry(_ verb: AuditVerb, _ user: User, _ settings: IdentityProviderSettings) -> AuditEntry {
        let tenant = AuditObject(kind: "tenant", id: tenantID.description, name: tenantName, tenantPath: tenantPath)
        var entry = AuditEntry(verb, of: tenant)
        let document: JSONValue = [
            "email": .string(user.email), "role": .string(role.name), "provider": .string(settings.id),
        ]
        if verb == .memberRemove { entry.before = document } else { entry.after = document }
        return entry
    }
}
