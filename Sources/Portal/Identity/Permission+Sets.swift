public import JSON

extension Permission {
    /// Sets of permissions as `roles` and `api_tokens` store them.
    ///
    /// A name that this server does not know permits nothing: a newer one may have written it.
    static func known(_ names: [String]) -> Set<Permission> {
        Set(names.compactMap(Permission.init(rawValue:)))
    }

    /// The names in alphabetical order.
    public static func names(_ permissions: Set<Permission>) -> [String] {
        permissions.map(\.rawValue).sorted()
    }

    /// The names in alphabetical order, as JSON.
    public static func json(_ permissions: Set<Permission>) -> JSONValue {
        .array(names(permissions).map { .string($0) })
    }

    /// The permissions and what they cannot do without: who suspends a vcluster has to see it.
    ///
    /// Custom roles and the scopes of tokens are stored complete, so that what is shown is what holds.
    public static func complete(_ permissions: Set<Permission>) -> Set<Permission> {
        var complete = permissions
        var open = Array(permissions)
        while let permission = open.popLast() {
            for needed in permission.needs where complete.insert(needed).inserted { open.append(needed) }
        }
        return complete
    }

    /// What this permission is of no use without.
    private var needs: [Permission] {
        switch self {
        case .vclustersCreate, .vclustersUpdate, .vclustersSuspend, .vclustersDelete, .vclustersSnapshot,
            .vclustersRestore:
            [.vclustersRead, .operationsRead]
        case .requestsDecide: [.vclustersRead, .quotasRead]
        case .vclustersKubeconfig, .operationsRead: [.vclustersRead]
        case .operationsCancel: [.operationsRead]
        case .quotasManage: [.quotasRead]
        case .membersManage, .rolesManage, .groupsManage: [.membersRead]
        case .hostsManage: [.hostsRead]
        case .templatesManage: [.templatesRead]
        case .tenantsManage, .quotasRead, .membersRead, .rulesManage, .approvalsManage, .vclustersRead, .ledgerRead,
            .auditRead:
            [.tenantsRead]
        case .tenantsRead, .hostsRead, .templatesRead, .usersManage, .tokensManage: []
        }
    }
}
