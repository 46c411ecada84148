import Postgres

/// A change of a vcluster that a policy can be about; the raw value is that of the operation that makes it.
public enum ApprovalVerb: String, Sendable, Hashable, CaseIterable {
    /// Making one, from nothing or as a copy.
    case create
    /// Another size.
    case scale
    /// Another spec, environment, class, expiry, or labels.
    case update
    /// A pause.
    case suspend
    /// A start after a pause.
    case resume
    /// The deletion, soft or for good.
    case delete
    /// The way back from a deletion.
    case undelete
    /// The way back to a snapshot, which also starts what is suspended.
    case restore

    /// The verb of an operation; nil when no policy is ever asked about it.
    init?(_ verb: OperationVerb) {
        self.init(rawValue: verb == .purge ? OperationVerb.delete.rawValue : verb.rawValue)
    }
}

extension ApprovalVerb: PostgresCodable {}
