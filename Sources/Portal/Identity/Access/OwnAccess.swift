public import JSON

/// What a caller may do at a tenant, and by which roles.
public struct OwnAccess: Sendable {
    /// The tenant; nil for what concerns the organization as a whole.
    public let tenantID: TenantID?
    /// What the caller may do there.
    public let permissions: Set<Permission>
    /// The roles that permit it, held there or further up.
    public let bindings: [RoleBinding]
    /// The access rules that may refuse some of it, root first; at most `PortalLimits.AccessRules.shownMax`.
    public var rules: [AccessRestriction] = []
    /// How many more such rules there are.
    public var rulesOmitted = 0
}

extension OwnAccess: JSONRepresentable {
    /// The schema `OwnAccess` of openapi.yaml.
    public var json: JSONValue {
        [
            "tenantId": tenantID.map(\.json) ?? .null,
            "permissions": Permission.json(permissions),
            "roles": .array(bindings.map(Self.json)),
            "rules": .array(rules.map(\.json)),
            "rulesOmitted": .number(JSONNumber(rulesOmitted)),
        ]
    }

    private static func json(_ binding: RoleBinding) -> JSONValue {
        let source: (kind: String, group: JSONValue) =
            switch binding.source {
            case .user: ("user", .null)
            case .group(let id): ("group", id.json)
            case .token: ("token", .null)
            }
        return [
            "tenantId": binding.tenantID.json,
            "role": binding.role.json,
            "roleName": .string(binding.roleName),
            "source": .string(source.kind),
            "groupId": source.group,
            "permissions": Permission.json(binding.permissions),
        ]
    }
}
