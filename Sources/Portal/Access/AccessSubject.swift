public import JSON

/// Whom a rule is about.
public enum AccessSubject: Sendable, Hashable {
    /// Everybody.
    case all
    /// Who has a role at the tenant of the vcluster, given there or inherited.
    case role(RoleReference)
    /// Who is in a group.
    case group(GroupID)
    /// One user.
    case user(UserID)

    /// Whether somebody is meant, for a vcluster of the tenant with this path.
    public func includes(_ actor: AccessActor, onPath path: [TenantID]) -> Bool {
        switch self {
        case .all: true
        case .role(let role): actor.bindings.contains { $0.covers(path) && $0.role == role }
        case .group(let id): actor.groupIDs.contains(id)
        case .user(let id): actor.userID == id
        }
    }

    /// The kind of subject, as it is stored and in the API.
    public var kind: String {
        switch self {
        case .all: "all"
        case .role: "role"
        case .group: "group"
        case .user: "user"
        }
    }

    /// What the kind needs beside it: the role's name or id, the id of the group or user; nil for all.
    public var reference: String? {
        switch self {
        case .all: nil
        case .role(let role): role.description
        case .group(let id): id.description
        case .user(let id): id.description
        }
    }

    /// A subject of its stored parts; nil when they do not fit.
    init?(kind: String, reference: String?) {
        switch (kind, reference) {
        case ("all", nil): self = .all
        case ("role", let text?):
            guard let role = RoleReference(text) else { return nil }
            self = .role(role)
        case ("group", let text?):
            guard let id = GroupID(text) else { return nil }
            self = .group(id)
        case ("user", let text?):
            guard let id = UserID(text) else { return nil }
            self = .user(id)
        default: return nil
        }
    }
}

extension AccessSubject: JSONRepresentable {
    /// The schema `AccessSubject` of openapi.yaml.
    public var json: JSONValue {
        ["kind": .string(kind), "reference": reference.map { .string($0) } ?? .null]
    }

    /// Reads and checks the schema `AccessSubject`; what is wrong is in `errors`.
    init(_ json: JSONValue, errors: inout FieldErrors) {
        let reference = json.present("reference")?.string
        guard let kind = json["kind"]?.string, let subject = AccessSubject(kind: kind, reference: reference) else {
            errors.add(
                "subject",
                FieldErrorCode.invalidValue,
                "must be all, a built-in role by its name, or a role of your own, a group or a user by its id"
            )
            self = .all
            return
        }
        self = subject
    }
}
