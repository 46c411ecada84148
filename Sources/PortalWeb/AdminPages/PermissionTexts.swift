import Portal

/// The permissions on one kind of thing: those whose names begin with the same noun.
struct PermissionGroup: Sendable {
    let noun: String
    let permissions: [Permission]

    /// All permissions in their order, by noun.
    static let all: [PermissionGroup] = {
        var groups: [(noun: String, permissions: [Permission])] = []
        for permission in Permission.allCases {
            let noun = String(permission.rawValue.prefix { $0 != "." })
            if let index = groups.firstIndex(where: { $0.noun == noun }) {
                groups[index].permissions.append(permission)
            } else {
                groups.append((noun, [permission]))
            }
        }
        return groups.map { PermissionGroup(noun: $0.noun, permissions: $0.permissions) }
    }()
}

extension Localizer {
    /// What a permission lets its holder do.
    func text(_ permission: Permission) -> String { text("permission.\(permission.rawValue)") }

    /// What the permissions of a group are about.
    func title(_ group: PermissionGroup) -> String { text("permissionGroup.\(group.noun)") }
}
