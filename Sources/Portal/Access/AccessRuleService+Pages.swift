public import JSON
import Postgres

extension AccessRuleService {
    /// The rules that bind a tenant from above, outermost first.
    ///
    /// Of tenants that the caller does not see only those that bind the caller.
    ///
    /// - Returns: At most `perTenantMax` for each level above.
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func inherited(by tenantID: TenantID, as caller: Caller) async throws -> [AccessRule] {
        let tenant = try await tenant(tenantID, requiring: .tenantsRead, as: caller, in: database.as(caller))
        let above = Array(tenant.path.dropLast())
        guard !above.isEmpty else { return [] }
        let elevated = database.elevated(for: .accessRules)
        let rules = try await AccessGuard.rules(onPath: above, in: elevated)
        let actor = try await AccessActor.of(caller, limits: limits, in: elevated)
        return rules.filter { rule in
            caller.has(.tenantsRead, onPath: rule.tenantPath) || rule.binds(actor, onPath: tenant.path)
        }
    }

    /// What a rule would say, checked as if it was saved, which it is not.
    ///
    /// - Parameters:
    ///   - json: The schema `AccessRuleCreate` without its tenant, or `AccessRuleUpdate`.
    ///   - tenantID: Where it is to live.
    ///   - rule: The rule that would be changed; nil for a new one.
    ///   - caller: Who asks.
    /// - Returns: What the rule would say.
    /// - Throws: As `create` and `update`.
    public func draft(
        _ json: JSONValue,
        at tenantID: TenantID,
        changing rule: AccessRule? = nil,
        as caller: Caller
    ) async throws -> AccessRuleContent {
        let tenant = try await tenant(tenantID, requiring: .rulesManage, as: caller, in: database.as(caller))
        let content = try AccessRuleContent(json, over: rule?.content)
        try await database.as(caller).transaction { transaction in
            try await requireExisting(content, over: rule, at: tenant.path, as: caller, in: transaction)
        }
        return content
    }

    /// The person with an e-mail, as the subject of a rule.
    ///
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant, `.invalidArgument` on `email` when nobody has
    ///   it; `PostgresError`.
    public func person(email: String, at tenantID: TenantID, as caller: Caller) async throws -> AccessSubject {
        // The permission first: who may not make rules here does not learn who has an account.
        _ = try await tenant(tenantID, requiring: .rulesManage, as: caller, in: database.as(caller))
        let query = UserQueries.byEmail(email.trimmed.lowercased())
        guard let row = try await database.elevated(for: .accessRules).query(query, idempotent: true).first else {
            throw PortalError.invalid("email", FieldErrorCode.notFound, "belongs to no account")
        }
        return .user(try User(row: row).id)
    }

    /// The names of whom and what some rules are about, as far as the caller may know them.
    ///
    /// - Throws: `PostgresError`.
    public func names(
        in contents: [AccessRuleContent],
        at path: [TenantID],
        as caller: Caller
    ) async throws
        -> AccessRuleNames
    {
        var (roles, groups, users): (Set<RoleID>, Set<GroupID>, Set<UserID>) = ([], [], [])
        for content in contents {
            switch content.subject {
            case .all, .role(.builtIn): break
            case .role(.custom(let id)): roles.insert(id)
            case .group(let id): groups.insert(id)
            case .user(let id): users.insert(id)
            }
        }
        let hosts = Set(contents.flatMap(\.conditions.hostIDs))
        let rowsMax = PortalLimits.AccessRules.perTenantMax * PortalLimits.Tenants.depthMax
        let rows = try await database.elevated(for: .accessRules).pipeline([
            AccessRuleQueries.roleNames(roles, rowsMax: rowsMax),
            AccessRuleQueries.groupNames(groups, rowsMax: rowsMax),
            AccessRuleQueries.userNames(users, rowsMax: rowsMax),
            AccessRuleQueries.hostNames(hosts, rowsMax: rowsMax * PortalLimits.AccessRules.hostsMax),
        ])
        func isKnown(_ place: [TenantID]) -> Bool {
            // What is made further up is for those below, too.
            path.starts(with: place) || caller.has(.tenantsRead, onPath: place)
        }
        var names = AccessRuleNames()
        for row in rows[0] where isKnown(try row.decode("tenant_path")) {
            names.roles[try row.decode("id")] = try row.decode("name")
        }
        for row in rows[1] where isKnown(try row.decode("tenant_path")) {
            names.groups[try row.decode("id")] = try row.decode("name")
        }
        for row in rows[2] {
            let id: UserID = try row.decode("id")
            guard id == caller.userID || caller.has(.membersRead, onPath: path) else { continue }
            names.users[id] = AccessRuleNames.Person(name: try row.decode("name"), email: try row.decode("email"))
        }
        if caller.has(.hostsRead) {
            for row in rows[3] { names.hosts[try row.decode("id")] = try row.decode("name") }
        }
        return names
    }
}

/// What rules refer to by id, by name; what is missing is gone, or not for the reader.
public struct AccessRuleNames: Sendable {
    /// Custom roles.
    public var roles: [RoleID: String] = [:]
    /// Groups.
    public var groups: [GroupID: String] = [:]
    /// People and service accounts.
    public var users: [UserID: Person] = [:]
    /// Hosts.
    public var hosts: [HostID: String] = [:]

    /// Somebody whom a rule is about.
    public struct Person: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The e-mail.
        public let email: String

        /// Somebody.
        public init(name: String, email: String) {
            self.name = name
            self.email = email
        }
    }

    /// No names.
    public init() {}
}
