import Postgres

/// The names of what policies refer to by id, as far as a caller may know them.
public struct ApprovalNames: Sendable {
    /// Custom roles.
    public var roles: [RoleID: String] = [:]
    /// People.
    public var users: [UserID: AccessRuleNames.Person] = [:]
    /// Hosts.
    public var hosts: [HostID: String] = [:]
    /// Templates.
    public var templates: [TemplateID: String] = [:]
}

extension ApprovalPolicyService {
    /// The users with some e-mails; those that belong to nobody are missing.
    ///
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant: who may not make policies there does not learn
    ///   who has an account; `PostgresError`.
    public func people(
        emails: [String],
        at tenantID: TenantID,
        as caller: Caller
    ) async throws -> [String: UserID] {
        _ = try await tenant(tenantID, requiring: .approvalsManage, as: caller, in: database.as(caller))
        var people: [String: UserID] = [:]
        for email in Set(emails).prefix(PortalLimits.Approvals.usersPerStepMax * PortalLimits.Approvals.stepsMax) {
            let query = UserQueries.byEmail(email.trimmed.lowercased())
            let row = try await database.elevated(for: .approvals).query(query, idempotent: true).first
            people[email] = try row.map { try User(row: $0).id }
        }
        return people
    }

    /// The names for policies, and for the steps of requests.
    ///
    /// Who sees a policy may know whom it asks; hosts need `hosts.read`.
    ///
    /// - Throws: `PostgresError`.
    public func names(
        in steps: [ApprovalStep],
        _ conditions: [ApprovalConditions] = [],
        as caller: Caller
    ) async throws -> ApprovalNames {
        var (roles, users): (Set<RoleID>, Set<UserID>) = ([], [])
        for step in steps {
            switch step.approvers {
            case .role(let role): if let id = role.customID { roles.insert(id) }
            case .users(let ids): users.formUnion(ids)
            }
        }
        let hosts = caller.has(.hostsRead) ? Set(conditions.flatMap(\.hostIDs)) : []
        let templates = Set(conditions.flatMap(\.templateIDs))
        var names = ApprovalNames()
        guard !(roles.isEmpty && users.isEmpty && hosts.isEmpty && templates.isEmpty) else { return names }
        let rows = try await database.elevated(for: .approvals).pipeline([
            AccessRuleQueries.roleNames(roles, rowsMax: roles.count),
            AccessRuleQueries.userNames(users, rowsMax: users.count),
            AccessRuleQueries.hostNames(hosts, rowsMax: hosts.count),
            ApprovalPolicyQueries.templateNames(templates, rowsMax: templates.count),
        ])
        for row in rows[0] { names.roles[try row.decode("id")] = try row.decode("name", as: String.self) }
        for row in rows[1] {
            names.users[try row.decode("id")] = AccessRuleNames.Person(
                name: try row.decode("name"),
                email: try row.decode("email")
            )
        }
        for row in rows[2] { names.hosts[try row.decode("id")] = try row.decode("name", as: String.self) }
        for row in rows[3] { names.templates[try row.decode("id")] = try row.decode("name", as: String.self) }
        return names
    }
}
