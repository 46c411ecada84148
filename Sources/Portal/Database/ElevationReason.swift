/// Why something is read or written past the subtrees of a caller.
///
/// The list is closed: each way around the wall has a name here.
public enum ElevationReason: Sendable, Hashable {
    /// Who the caller is has to be found out first: sessions, tokens, passwords.
    case authentication
    /// Roles that are inherited from tenants above the subtree; what the caller may not know of them is left out after.
    case inheritedRoles
    /// Rules of tenants above a caller bind them too; and another user's roles, when a manager asks what rules say to them.
    case accessRules
    /// Policies of tenants above a caller bind them too; who is asked sees a request wherever it is, and an approved change
    /// runs as its requester.
    case approvals
    /// The counters of a quota chain reach up to the root.
    case quotaChain
    /// The least loaded host is found over the vclusters of all tenants; only the host is told.
    case placement
    /// The driver of a host is made from its settings and credentials, which belong to no tenant.
    case hosts
    /// The operations engine carries out what was admitted before.
    case operations
    /// The feed of changes is read once for all subscribers, each of which gets what it may see.
    case changeFeed
    /// The watcher of drift looks at all vclusters.
    case driftWatching
    /// The reaper removes what has expired, and old rows.
    case reaping
    /// Sessions, windows of sign-in attempts and answers that have ended are swept.
    case housekeeping
    /// Answers to repeated requests belong to a caller and to no tenant.
    case idempotency
    /// Simulated hosts keep their state in the database; it belongs to the host.
    case simulatedHosts
    /// The hash chains of the audit log run through all tenants.
    case auditVerification
    /// Numbers about the whole installation, for those who run it.
    case metrics
}
