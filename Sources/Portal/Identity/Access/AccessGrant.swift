public import JSON
import Postgres

/// Why somebody may do something at a tenant: one chain from the subject over a group to a role at a tenant.
///
/// Who has several chains for the same thing is listed once for each.
public struct AccessGrant: Sendable, Hashable {
    /// Who: a person or service account, or an API token that holds a role of its own.
    public let subject: Subject
    /// The role binding that gives it.
    public let bindingID: RoleBindingID
    /// Where the role is held: the tenant asked about, or one of its ancestors.
    public let tenantID: TenantID
    /// The name of that tenant; nil when the caller may not see it.
    public let tenantName: String?
    /// The role that permits it.
    public let role: RoleReference
    /// What the role is called.
    public let roleName: String
    /// The group that holds the role; nil when the subject does.
    public let group: GroupFact?
    /// The access rules that bind the subject's use of it there, root first.
    public private(set) var rules: [AccessRestriction] = []

    /// Who may do it.
    public struct Subject: Sendable, Hashable {
        /// The user, or the owner of the token.
        public let userID: UserID
        /// The user's e-mail.
        public let email: String
        /// The user's name.
        public let name: String
        /// Whether it is a person or a service account.
        public let kind: User.Kind
        /// The days on which the person is away; nil for none.
        public let away: AwayDays?
        /// The token that holds the role itself; nil when the user does.
        public let token: TokenFact?
    }

    /// A group in a chain.
    public struct GroupFact: Sendable, Hashable {
        /// Its id.
        public let id: GroupID
        /// Its name.
        public let name: String
    }

    /// A token in a chain.
    public struct TokenFact: Sendable, Hashable {
        /// Its id.
        public let id: TokenID
        /// Its name.
        public let name: String
    }
}

extension AccessGrant {
    /// The grant with the rules that bind its subject.
    func bound(by rules: [AccessRestriction]) -> AccessGrant {
        var copy = self
        copy.rules = rules
        return copy
    }

    /// Reads the columns of `AccessQueries.page`.
    init(row: PostgresRow, visibleTo caller: Caller) throws {
        let path: [TenantID] = try row.decode("tenant_path")
        let role = try RoleDefinition.Facts(row: row)
        let groupName: String? = try row.decode("group_name")
        let tokenName: String? = try row.decode("token_name")
        self.init(
            subject: Subject(
                userID: try row.decode("user_id"),
                email: try row.decode("email"),
                name: try row.decode("user_name"),
                kind: try row.decode("user_kind"),
                away: try AwayDays(row: row),
                token: try tokenName.map { TokenFact(id: try row.decode("token_id"), name: $0) }
            ),
            bindingID: try row.decode("binding_id"),
            tenantID: try row.decode("tenant_id"),
            tenantName: caller.has(.tenantsRead, onPath: path) ? try row.decode("tenant_name") : nil,
            role: role.reference,
            roleName: role.name,
            group: try groupName.map { GroupFact(id: try row.decode("group_id"), name: $0) }
        )
    }
}

extension AccessGrant: JSONRepresentable {
    /// The schema `AccessGrant` of openapi.yaml.
    public var json: JSONValue {
        [
            "subject": [
                "userId": subject.userID.json,
                "email": .string(subject.email),
                "name": .string(subject.name),
                "kind": .string(subject.kind.rawValue),
                "away": subject.away.map(\.json) ?? .null,
                "token": subject.token.map { ["id": $0.id.json, "name": .string($0.name)] } ?? .null,
            ],
            "bindingId": bindingID.json,
            "tenantId": tenantID.json,
            "tenantName": tenantName.map { .string($0) } ?? .null,
            "role": role.json,
            "roleName": .string(roleName),
            "group": group.map { ["id": $0.id.json, "name": .string($0.name)] } ?? .null,
            "rules": .array(rules.map(\.json)),
        ]
    }
}
