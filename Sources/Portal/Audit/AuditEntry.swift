public import JSON

/// What an audit row says, before it is written.
public struct AuditEntry: Sendable {
    /// What was done.
    public var verb: AuditVerb
    /// What it was done to.
    public var object: AuditObject
    /// The object before, or what matters of it; never has secrets in it.
    public var before: JSONValue?
    /// The object after, or what matters of it; never has secrets in it.
    public var after: JSONValue?
    /// How it ended.
    public var result: AuditResult

    /// An action on an object that succeeded.
    public init(
        _ verb: AuditVerb,
        of object: AuditObject,
        before: JSONValue? = nil,
        after: JSONValue? = nil,
        result: AuditResult = .succeeded
    ) {
        self.verb = verb
        self.object = object
        self.before = before
        self.after = after
        self.result = result
    }
}

/// How an action ended.
public enum AuditResult: String, Sendable, Hashable, CaseIterable {
    /// It was done, or accepted to be done.
    case succeeded
    /// It was not permitted.
    case refused
    /// It was tried and failed.
    case failed
}

/// What an action was done to.
public struct AuditObject: Sendable, Hashable {
    /// The noun of the object: vcluster, operation, tenant, user, token, role, group, serviceAccount, host,
    /// template.
    public let kind: String
    /// Its id; it also picks the hash chain of the row.
    public let id: String
    /// Its name at that time.
    public let name: String
    /// Its tenant and the ancestors, root first; nil for what belongs to the organization as a whole.
    public let tenantPath: [TenantID]?

    /// An object.
    public init(kind: String, id: String, name: String, tenantPath: [TenantID]?) {
        self.kind = kind
        self.id = id
        self.name = name
        self.tenantPath = tenantPath
    }

    /// A user.
    public static func user(_ user: User) -> AuditObject {
        AuditObject(kind: "user", id: user.id.description, name: user.email, tenantPath: nil)
    }

    /// Somebody who belongs to a tenant, or is invited there, for those who read its log.
    static func user(_ user: User, of path: [TenantID]) -> AuditObject {
        AuditObject(kind: "user", id: user.id.description, name: user.email, tenantPath: path)
    }

    /// A service account; `path` is that of its tenant.
    static func serviceAccount(_ account: ServiceAccount, path: [TenantID]) -> AuditObject {
        AuditObject(kind: "serviceAccount", id: account.id.description, name: account.name, tenantPath: path)
    }

    /// Someone who is no user; what was typed is not kept, because it may be a password.
    static let unknownUser = AuditObject(kind: "user", id: "unknown", name: "", tenantPath: nil)

    /// An API token; `path` is that of the tenant of a service account that owns it, nil for a person's.
    public static func token(_ token: APIToken, path: [TenantID]? = nil) -> AuditObject {
        AuditObject(kind: "token", id: token.id.description, name: token.name, tenantPath: path)
    }

    /// A tenant.
    public static func tenant(_ tenant: Tenant) -> AuditObject {
        AuditObject(kind: "tenant", id: tenant.id.description, name: tenant.name, tenantPath: tenant.path)
    }

    /// A custom role; `path` is that of its tenant.
    static func role(_ role: RoleDefinition, path: [TenantID]) -> AuditObject {
        AuditObject(kind: "role", id: role.reference.description, name: role.name, tenantPath: path)
    }

    /// A group.
    static func group(_ group: Group) -> AuditObject {
        AuditObject(kind: "group", id: group.id.description, name: group.name, tenantPath: group.tenantPath)
    }

    /// A host.
    public static func host(_ host: Host) -> AuditObject {
        AuditObject(kind: "host", id: host.id.description, name: host.name, tenantPath: nil)
    }

    /// A template.
    public static func template(_ template: Template) -> AuditObject {
        AuditObject(kind: "template", id: template.id.description, name: template.name, tenantPath: nil)
    }
}
