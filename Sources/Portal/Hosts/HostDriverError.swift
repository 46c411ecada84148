/// Why a host could not do what it was asked; the same words are the `reason` of vclusters, operations and conditions.
public enum HostFailureReason: String, Sendable, Hashable, CaseIterable {
    /// The API server of the host did not answer.
    case hostUnreachable = "HostUnreachable"
    /// The host answered 401 to the stored credentials.
    case credentialsRejected = "CredentialsRejected"
    /// The host answered 403: the credentials lack a permission.
    case permissionDenied = "PermissionDenied"
    /// No usable `helm` was found on the portal's machine.
    case helmMissing = "HelmMissing"
    /// The chart or the wanted version of it could not be read.
    case chartMissing = "ChartMissing"
    /// The chart refused the values.
    case valuesRejected = "ValuesRejected"
    /// A container image of the control plane cannot be pulled.
    case imagePullFailed = "ImagePullFailed"
    /// A ResourceQuota of the host namespace forbids the pods or volumes.
    case hostQuotaExceeded = "HostQuotaExceeded"
    /// A step or the operation took longer than its limit.
    case timeout = "Timeout"
    /// The namespace or the release belongs to someone else.
    case releaseConflict = "ReleaseConflict"
    /// The control plane starts and dies again and again.
    case controlPlaneCrashed = "ControlPlaneCrashed"
    /// No node of the host has room for the control plane.
    case unschedulable = "Unschedulable"
    /// A volume claim of the control plane stays unbound.
    case volumePending = "VolumePending"
    /// The release does not exist on the host.
    case notFound = "NotFound"
    /// The archive of a snapshot is missing, damaged, or where the host cannot read it; nothing was touched.
    case snapshotUnreadable = "SnapshotUnreadable"
    /// The program that writes, reads or deletes archives ended with an error.
    case snapshotFailed = "SnapshotFailed"
    /// The quotas of the tenant have no room for what the host has made.
    case quotaExceeded = "QuotaExceeded"
    /// Nothing above; the detail is in the server's log.
    case unknown = "Unknown"
}

/// A failure of a host in words a person can act on.
public struct HostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public var reason: HostFailureReason
    /// What happened, why, and what to try; shown to people.
    public var message: String
    /// True when the same call may succeed later without anybody's help.
    public var isTransient: Bool
    /// More for the server's log; may name addresses, never credentials.
    public var detail: String?

    /// Makes an error; whether it is transient follows from the reason unless given.
    public init(
        _ reason: HostFailureReason,
        _ message: String,
        isTransient: Bool? = nil,
        detail: String? = nil
    ) {
        self.reason = reason
        self.message = message
        self.isTransient = isTransient ?? reason.isUsuallyTransient
        self.detail = detail
    }

    /// Reason and message; the detail stays out.
    public var description: String { "\(reason.rawValue): \(message)" }
}

extension HostFailureReason {
    /// Whether waiting alone usually helps: true for unreachable hosts, slow volumes and unknown failures.
    public var isUsuallyTransient: Bool {
        switch self {
        case .hostUnreachable, .volumePending, .unknown: true
        case .credentialsRejected, .permissionDenied, .helmMissing, .chartMissing, .valuesRejected, .imagePullFailed,
            .hostQuotaExceeded, .timeout, .releaseConflict, .controlPlaneCrashed, .unschedulable, .notFound,
            .snapshotUnreadable, .snapshotFailed, .quotaExceeded:
            false
        }
    }
}
