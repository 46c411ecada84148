public import JSON

/// A position in the feed of changes: everything up to it has been seen.
///
/// The first part is a transaction id, the second a sequence number; positions order by both. The text form
/// (`12345-678`) is the id of server-sent events.
public struct ChangeCursor: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The transaction.
    let transaction: UInt64
    /// The row within all transactions.
    let sequence: Int64

    /// The position before every change.
    static let start = ChangeCursor(transaction: 0, sequence: 0)

    init(transaction: UInt64, sequence: Int64) {
        self.transaction = transaction
        self.sequence = sequence
    }

    /// Reads a position; nil when the text is none.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, description.utf8.count <= 40, let transaction = UInt64(parts[0]),
            let sequence = Int64(parts[1]), sequence >= 0
        else { return nil }
        self.init(transaction: transaction, sequence: sequence)
    }

    /// The text form.
    public var description: String { "\(transaction)-\(sequence)" }

    /// Orders by position.
    public static func < (left: ChangeCursor, right: ChangeCursor) -> Bool {
        (left.transaction, left.sequence) < (right.transaction, right.sequence)
    }
}

/// One change of a vcluster or an operation; tells that, not what: the reader gets the object anew.
public struct Change: Sendable, Hashable {
    /// The kinds of objects that are watched.
    public enum Kind: String, Sendable, Hashable {
        /// A vcluster.
        case vcluster
        /// An operation.
        case operation
    }

    /// What happened to the object.
    public enum ChangeType: String, Sendable, Hashable {
        /// It is new.
        case added = "ADDED"
        /// Something about it is different.
        case modified = "MODIFIED"
        /// It is gone.
        case deleted = "DELETED"
    }

    /// The position right after this change.
    public var cursor: ChangeCursor
    /// The kind of object.
    public var kind: Kind
    /// What happened.
    public var type: ChangeType
    /// The id of the object, in its text form.
    public var objectID: String
    /// The vcluster that it is or belongs to.
    public var vclusterID: VClusterID
    /// The tenant that owns the vcluster.
    public var tenantID: TenantID
    /// The tenant and its ancestors, root first.
    public var tenantPath: [TenantID]
    /// Where the tenant was before, when the change is that it moved; root first.
    public var previousPath: [TenantID]?

    /// The operation; nil for a change of a vcluster.
    public var operationID: OperationID? { kind == .operation ? OperationID(objectID) : nil }
}

extension Change: JSONRepresentable {
    /// `{"type":…,"kind":…,"id":…,"vclusterId":…,"tenantId":…}`.
    public var json: JSONValue {
        [
            "type": .string(type.rawValue), "kind": .string(kind.rawValue), "id": .string(objectID),
            "vclusterId": .string(vclusterID.description), "tenantId": .string(tenantID.description),
        ]
    }
}

/// What a subscriber of the feed gets.
public enum ChangeFeedItem: Sendable, Hashable {
    /// Something changed.
    case change(Change)
    /// Changes were missed for good: list everything again and go on from this position.
    case reset(ChangeCursor)
}

/// Which changes a subscriber wants; everything given has to hold.
public struct ChangeFilter: Sendable, Hashable {
    /// Only changes of this kind.
    public var kind: Change.Kind?
    /// Only changes of this vcluster and its operations.
    public var vclusterID: VClusterID?
    /// Only changes of this operation.
    public var operationID: OperationID?
    /// Only changes in this tenant and the tenants below it.
    public var tenantID: TenantID?

    /// Makes a filter; the default lets everything through.
    public init(
        kind: Change.Kind? = nil,
        vclusterID: VClusterID? = nil,
        operationID: OperationID? = nil,
        tenantID: TenantID? = nil
    ) {
        self.kind = kind
        self.vclusterID = vclusterID
        self.operationID = operationID
        self.tenantID = tenantID
    }

    /// The change as a reader hears of it; nil when it is not wanted, or not for their eyes.
    ///
    /// What moved into the part of the tree that is watched and visible is new there; what moved out of it is gone.
    public func view(of change: Change, by caller: Caller) -> Change? {
        if let kind, change.kind != kind { return nil }
        if let vclusterID, change.vclusterID != vclusterID { return nil }
        if let operationID, change.operationID != operationID { return nil }
        let isInside = covers(change.tenantPath, for: caller)
        guard let previousPath = change.previousPath else { return isInside ? change : nil }
        let wasInside = covers(previousPath, for: caller)
        guard isInside || wasInside else { return nil }
        var change = change
        if !isInside { change.type = .deleted }
        if !wasInside { change.type = .added }
        return change
    }

    private func covers(_ path: [TenantID], for caller: Caller) -> Bool {
        if let tenantID, !path.contains(tenantID) { return false }
        return caller.has(.vclustersRead, onPath: path)
    }
}
