/// The kinds of rows that have an id; never made, they only tell `TypedID`s apart.
public enum EntityKind {
    /// See `TenantID`.
    public enum Tenant {}
    /// See `UserID`.
    public enum User {}
    /// See `SessionID`.
    public enum Session {}
    /// See `TokenID`.
    public enum Token {}
    /// See `RoleID`.
    public enum Role {}
    /// See `GroupID`.
    public enum Group {}
    /// See `RoleBindingID`.
    public enum RoleBinding {}
    /// See `AccountLinkID`.
    public enum AccountLink {}
    /// See `HostID`.
    public enum Host {}
    /// See `TemplateID`.
    public enum Template {}
    /// See `VClusterID`.
    public enum VCluster {}
    /// See `OperationID`.
    public enum Operation {}
    /// See `EventID`.
    public enum Event {}
    /// See `AccessRuleID`.
    public enum AccessRule {}
    /// See `ApprovalPolicyID`.
    public enum ApprovalPolicy {}
    /// See `ApprovalRequestID`.
    public enum ApprovalRequest {}
    /// See `ApprovalEntryID`.
    public enum ApprovalEntry {}
    /// See `AuditEventID`.
    public enum AuditEvent {}
    /// See `QuotaLoanID`.
    public enum QuotaLoan {}
    /// See `SnapshotID`.
    public enum Snapshot {}
}

/// The id of a tenant.
public typealias TenantID = TypedID<EntityKind.Tenant>
/// The id of a user.
public typealias UserID = TypedID<EntityKind.User>
/// The id of a browser session.
public typealias SessionID = TypedID<EntityKind.Session>
/// The id of an API token (not the token itself).
public typealias TokenID = TypedID<EntityKind.Token>
/// The id of a custom role.
public typealias RoleID = TypedID<EntityKind.Role>
/// The id of a group of users.
public typealias GroupID = TypedID<EntityKind.Group>
/// The id of a role binding.
public typealias RoleBindingID = TypedID<EntityKind.RoleBinding>
/// The id of an invitation or of a password reset (not its secret).
public typealias AccountLinkID = TypedID<EntityKind.AccountLink>
/// The id of a host cluster.
public typealias HostID = TypedID<EntityKind.Host>
/// The id of a template.
public typealias TemplateID = TypedID<EntityKind.Template>
/// The id of a vcluster.
public typealias VClusterID = TypedID<EntityKind.VCluster>
/// The id of an operation.
public typealias OperationID = TypedID<EntityKind.Operation>
/// The id of an event of a vcluster.
public typealias EventID = TypedID<EntityKind.Event>
/// The id of an access rule.
public typealias AccessRuleID = TypedID<EntityKind.AccessRule>
/// The id of an approval policy.
public typealias ApprovalPolicyID = TypedID<EntityKind.ApprovalPolicy>
/// The id of a request for approval.
public typealias ApprovalRequestID = TypedID<EntityKind.ApprovalRequest>
/// The id of what somebody said about a request.
public typealias ApprovalEntryID = TypedID<EntityKind.ApprovalEntry>
/// The id of an audit row.
public typealias AuditEventID = TypedID<EntityKind.AuditEvent>
/// The id of a loan between tenants.
public typealias QuotaLoanID = TypedID<EntityKind.QuotaLoan>
/// The id of a snapshot of a vcluster.
public typealias SnapshotID = TypedID<EntityKind.Snapshot>
