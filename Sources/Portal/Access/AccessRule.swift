public import FoundationEssentials
public import JSON
import Postgres

/// A rule on top of roles: it takes away what a role has given, and never gives anything.
///
/// It lives at a tenant and holds in its whole subtree. Rules do not know each other: an action is refused as soon as one
/// of them refuses it, in whatever order.
public struct AccessRule: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: AccessRuleID
    /// Where it lives, and the ancestors, root first.
    public let tenantPath: [TenantID]
    /// The name of the tenant.
    public let tenantName: String
    /// When it was made.
    public let createdAt: Date
    /// When it was changed last.
    public let updatedAt: Date
    /// Grows with every change.
    public let version: Int64
    /// What it says.
    public let content: AccessRuleContent

    /// Where it lives.
    public var tenantID: TenantID { tenantPath.last ?? TenantID() }

    /// For `If-Match`.
    public var etag: ETag { ETag(version: version) }
}

/// What a rule says.
public struct AccessRuleContent: Sendable, Hashable {
    /// What people call it; refusals name it.
    public let name: String
    /// Why it is there; may be empty.
    public let description: String
    /// What it does with its conditions.
    public let effect: AccessEffect
    /// The permissions it is about, of `Permission.ruled`; sorted, never empty.
    public let permissions: [Permission]
    /// Whom it is about.
    public let subject: AccessSubject
    /// When it speaks.
    public let conditions: AccessConditions
    /// False for a rule that is kept and does nothing.
    public let isEnabled: Bool
}

/// What a rule does with its conditions.
public enum AccessEffect: String, Sendable, Hashable, CaseIterable {
    /// Refuses while all of them hold.
    case deny
    /// Refuses unless all of them hold.
    case allowOnly
}

extension Permission {
    /// The permissions that rules can be about: what is done to vclusters.
    public static let ruled: [Permission] = [
        .vclustersCreate, .vclustersUpdate, .vclustersSuspend, .vclustersDelete, .vclustersSnapshot,
        .vclustersRestore, .vclustersKubeconfig, .operationsCancel,
    ]
}

extension AccessRule {
    /// Reads the columns of `AccessRuleQueries`.
    init(row: PostgresRow) throws {
        var errors = FieldErrors()
        let stored = try row.decode("conditions", as: JSONValue.self)
        let conditions = AccessConditions(stored, isStored: true, errors: &errors)
        let kind: String = try row.decode("subject_kind")
        let reference: String? = try row.decode("subject_reference")
        // What was checked when it was written can be read; a row that was changed by hand refuses to be a rule.
        guard errors.isEmpty, let subject = AccessSubject(kind: kind, reference: reference) else {
            throw PortalError(.internal, "An access rule in the database cannot be read.")
        }
        let permissions: [String] = try row.decode("permissions")
        self.init(
            id: try row.decode("rule_id"),
            tenantPath: try row.decode("tenant_path"),
            tenantName: try row.decode("tenant_name"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            version: try row.decode("version"),
            content: AccessRuleContent(
                name: try row.decode("name"),
                description: try row.decode("description"),
                effect: try row.decode("effect"),
                permissions: permissions.compactMap(Permission.init(rawValue:)),
                subject: subject,
                conditions: conditions,
                isEnabled: try row.decode("enabled")
            )
        )
    }
}

extension AccessEffect: PostgresCodable {}

extension AccessRuleContent: JSONRepresentable {
    /// The members that a request may set.
    public var json: JSONValue {
        [
            "name": .string(name), "description": .string(description), "effect": .string(effect.rawValue),
            "permissions": .array(permissions.map { .string($0.rawValue) }), "subject": subject.json,
            "conditions": conditions.json, "enabled": .bool(isEnabled),
        ]
    }

    /// Reads and checks what a request says, over what was there before.
    ///
    /// - Parameters:
    ///   - json: Members of the schema `AccessRuleUpdate`; an absent one stays as it was.
    ///   - before: The rule before; nil for a new one, whose name, effect and permissions are required.
    /// - Throws: `PortalError` `.invalidArgument` with every wrong field.
    init(_ json: JSONValue, over before: AccessRuleContent?) throws(PortalError) {
        var errors = FieldErrors()
        let known: Set = ["name", "description", "effect", "permissions", "subject", "conditions", "enabled"]
        for key in (json.object ?? [:]).keys where !known.contains(key) {
            errors.add(key, FieldErrorCode.unknownField, "is not known")
        }
        func member(_ key: String) -> JSONValue? { json.present(key) }
        name = TextRules.line(
            member("name")?.string ?? before?.name ?? "",
            field: "name",
            lengthMax: PortalLimits.AccessRules.nameLengthMax,
            errors: &errors
        )
        description = TextRules.paragraph(
            member("description")?.string ?? before?.description ?? "",
            field: "description",
            lengthMax: PortalLimits.AccessRules.descriptionLengthMax,
            errors: &errors
        )
        let effect = member("effect").map { $0.string.flatMap(AccessEffect.init(rawValue:)) } ?? before?.effect
        if effect == nil { errors.add("effect", FieldErrorCode.invalidValue, "must be deny or allowOnly") }
        self.effect = effect ?? .deny
        permissions = Self.permissions(member("permissions"), before, &errors)
        subject = member("subject").map { AccessSubject($0, errors: &errors) } ?? before?.subject ?? .all
        conditions =
            member("conditions").map { AccessConditions($0, isStored: false, errors: &errors) } ?? before?.conditions
            ?? .none
        isEnabled = member("enabled").map { $0.bool ?? true } ?? before?.isEnabled ?? true
        if let enabled = member("enabled"), enabled.bool == nil {
            errors.add("enabled", FieldErrorCode.invalidType, "must be true or false")
        }
        if self.effect == .allowOnly, conditions == .none {
            errors.add("conditions", FieldErrorCode.required, "must have one at least: nothing would ever be refused")
        }
        try errors.throwIfAny()
    }

    private static func permissions(
        _ json: JSONValue?,
        _ before: AccessRuleContent?,
        _ errors: inout FieldErrors
    ) -> [Permission] {
        guard let json else {
            if before == nil { errors.add("permissions", FieldErrorCode.required, "is required") }
            return before?.permissions ?? []
        }
        if json.array?.isEmpty == true {
            errors.add("permissions", FieldErrorCode.required, "must name one at least")
            return []
        }
        let wanted = json.array?.map { $0.string.flatMap(Permission.init(rawValue:)) } ?? []
        let ruled = Permission.ruled.filter { wanted.contains($0) }
        if wanted.isEmpty || wanted.contains(where: { $0.map(Permission.ruled.contains) != true }) {
            let names = Permission.ruled.map(\.rawValue).joined(separator: ", ")
            errors.add("permissions", FieldErrorCode.invalidValue, "must be some of \(names)")
        }
        return ruled
    }
}

extension AccessRule: JSONRepresentable {
    /// The schema `AccessRule` of openapi.yaml.
    public var json: JSONValue {
        var object = content.json.object ?? [:]
        object["id"] = id.json
        object["tenantId"] = tenantID.json
        object["tenantName"] = .string(tenantName)
        object["createdAt"] = .string(RFC3339.format(createdAt))
        object["updatedAt"] = .string(RFC3339.format(updatedAt))
        return .object(object)
    }
}
