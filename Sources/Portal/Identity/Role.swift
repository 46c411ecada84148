/// A built-in set of permissions, given to a user at a tenant.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Reads.
    case viewer
    /// Creates and runs the vclusters of the tenant.
    case member
    /// Shapes the subtree and its members, and does what members do.
    case manager
    /// Reads what rates, ledger and reports are about.
    case finance
    /// Reads everything, the audit log too.
    case auditor
    /// Everything.
    case admin

    /// What the role permits.
    public var permissions: Set<Permission> {
        switch self {
        case .viewer, .finance: Self.reading
        case .member: Self.running
        case .manager: Self.running.union([.tenantsManage, .membersRead, .membersManage])
        case .auditor: Self.reading.union([.membersRead, .auditRead])
        case .admin: Set(Permission.allCases)
        }
    }

    private static let reading: Set<Permission> = [
        .tenantsRead, .vclustersRead, .operationsRead, .hostsRead, .templatesRead, .tokensManage,
    ]

    private static let running: Set<Permission> = reading.union([
        .vclustersCreate, .vclustersUpdate, .vclustersPower, .vclustersDelete, .vclustersKubeconfig, .operationsCancel,
    ])
}
