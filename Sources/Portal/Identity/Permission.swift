/// What one action needs; roles are sets of permissions.
///
/// The raw value is stable: it is in error answers, in custom roles and in the scopes of API tokens. A permission is held for a tenant and
/// its whole subtree; those on hosts and templates count only where the organization as a whole is meant, see `scope`.
public enum Permission: String, Sendable, Hashable, CaseIterable {
    /// See a tenant and its place in the tree.
    case tenantsRead = "tenants.read"
    /// Create and rename tenants below.
    case tenantsManage = "tenants.manage"
    /// See limits, use and headroom of a tenant's quota.
    case quotasRead = "quotas.read"
    /// Set limits, lend quota, and try limits out.
    case quotasManage = "quotas.manage"
    /// See who has which role.
    case membersRead = "members.read"
    /// Give and take roles.
    case membersManage = "members.manage"
    /// Make, change and remove custom roles.
    case rolesManage = "roles.manage"
    /// Make, change and remove groups, and say who is in them.
    case groupsManage = "groups.manage"
    /// Make, change and remove rules that deny or allow by attributes.
    case rulesManage = "rules.manage"
    /// Make, change and remove the policies that say what has to be approved.
    case approvalsManage = "approvals.manage"
    /// Approve and reject requests that ask for one's role.
    case requestsDecide = "requests.decide"
    /// See vclusters with their conditions and events.
    case vclustersRead = "vclusters.read"
    /// Create vclusters, and adopt none.
    case vclustersCreate = "vclusters.create"
    /// Change the spec, labels and expiry; scale; retry.
    case vclustersUpdate = "vclusters.update"
    /// Suspend and resume.
    case vclustersSuspend = "vclusters.suspend"
    /// Delete and undelete.
    case vclustersDelete = "vclusters.delete"
    /// Take snapshots and delete them.
    case vclustersSnapshot = "vclusters.snapshot"
    /// Bring back what a snapshot has, in place of what there is.
    case vclustersRestore = "vclusters.restore"
    /// Download the kubeconfig, which is full control of what runs inside.
    case vclustersKubeconfig = "vclusters.kubeconfig"
    /// See operations, their steps and their log.
    case operationsRead = "operations.read"
    /// Cancel an operation.
    case operationsCancel = "operations.cancel"
    /// See the hosts by name, to choose one.
    case hostsRead = "hosts.read"
    /// Add, change and remove hosts; adopt releases that exist on them.
    case hostsManage = "hosts.manage"
    /// See the templates.
    case templatesRead = "templates.read"
    /// Add, change and remove templates.
    case templatesManage = "templates.manage"
    /// Read rates, the ledger and its reports.
    case ledgerRead = "ledger.read"
    /// Create users, disable them and reset their passwords.
    case usersManage = "users.manage"
    /// Make and revoke one's own API tokens.
    case tokensManage = "tokens.manage"
    /// Read the audit log of the subtree.
    case auditRead = "audit.read"

    /// Where a permission has to be held.
    public enum Scope: Sendable, Hashable {
        /// At the tenant of the object, or above it.
        case tenant
        /// At any tenant: what everybody who belongs to the organization may do.
        case anywhere
        /// At the root: what concerns the whole organization.
        case organization
    }

    /// Where this permission has to be held.
    public var scope: Scope {
        switch self {
        case .hostsRead, .templatesRead, .tokensManage: .anywhere
        case .hostsManage, .templatesManage, .usersManage: .organization
        default: .tenant
        }
    }
}
