public import FoundationEssentials

/// Which rows of the audit log are wanted; every condition that is set has to hold.
public struct AuditFilter: Sendable, Hashable {
    /// Rows on objects in the subtree of this tenant.
    public var tenantID: TenantID?
    /// What this user did.
    public var actorID: UserID?
    /// What the user with this e-mail did, in place of `actorID`; nothing when there is none.
    public var actorEmail: String?
    /// This action: `noun.verb`.
    public var verb: String?
    /// Objects of this kind.
    public var objectKind: String?
    /// This object.
    public var objectID: String?
    /// Not before this time.
    public var from: Date?
    /// Before this time.
    public var to: Date?

    /// Everything.
    public init() {}
}

/// What part of the audit log a caller may read.
enum AuditVisibility: Sendable, Hashable {
    /// All of it.
    case everything
    /// Rows on objects of these subtrees.
    case subtrees([TenantID])
}
