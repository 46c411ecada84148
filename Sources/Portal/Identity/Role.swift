/// A built-in set of permissions, given to a user at a tenant.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Reads.
    case viewer
    /// Creates and runs the vclusters of the tenant.
    case member
    /// Shapes the subtree, its quotas, members, groups and roles, and does what members do.
    case manager
    /// Reads rates, ledger and reports, and what they are about.
    case finance
    /// Reads everything, the ledger and the audit log too.
    case auditor
    /// Everything.
    case admin

    /// What the role permits.
    ///
    /// Every request asks, so the sets are made once.
    public var permissions: Set<Permission> {
        switch self {
        case .viewer: Self.reading
        case .member: Self.running
        case .manager: Self.managing
        case .finance: Self.accounting
        case .auditor: Self.auditing
        case .admin: Self.everything
        }
    }

    private static let reading: Set<Permission> = [
        .tenantsRead, .quotasRead, .vclustersRead, .operationsRead, .hostsRead, .templatesRead, .tokensManage,
    ]

    private static let running = reading.union([
        .vclustersCreate, .vclustersUpdate, .vclustersSuspend, .vclustersDelete, .vclustersSnapshot,
        .vclustersRestore, .vclustersKubeconfig, .operationsCancel,
    ])

    private static let managing = running.union([
        .tenantsManage, .quotasManage, .membersRead, .membersManage, .rolesManage, .groupsManage, .rulesManage,
        .approvalsManage, .requestsDecide, .ledgerRead,
    ])

    private static let accounting = reading.union([.ledgerRead])

    private static let auditing = reading.union([.membersRead, .ledgerRead, .auditRead])

    private static let everything = Set(Permission.allCases)
}
