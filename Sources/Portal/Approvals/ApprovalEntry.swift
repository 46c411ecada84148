public import FoundationEssentials
import JSON
import Postgres

/// What somebody said or decided about a request.
public struct ApprovalEntry: Sendable, Hashable, Identifiable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A yes.
        case approve
        /// A no.
        case reject
        /// Words.
        case comment
        /// The requester took the request back.
        case cancel
    }

    /// The id.
    public let id: ApprovalEntryID
    /// What it is.
    public let kind: Kind
    /// Who said it.
    public let userID: UserID
    /// Their name.
    public let userName: String
    /// When.
    public let createdAt: Date
    /// The step of the request at that time, from 0.
    public let step: Int
    /// Their words; may be empty.
    public let comment: String
    /// What the quotas looked like to whom decided; nil for what is no decision.
    public private(set) var impact: QuotaImpact?

    /// The same with another impact.
    func with(_ impact: QuotaImpact?) -> ApprovalEntry {
        var copy = self
        copy.impact = impact
        return copy
    }
}

extension ApprovalEntry {
    /// Reads the columns of `ApprovalRequestQueries.entries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("entry_id"),
            kind: try row.decode("kind"),
            userID: try row.decode("user_id"),
            userName: try row.decode("user_name"),
            createdAt: try row.decode("created_at"),
            step: try row.decode("step"),
            comment: try row.decode("comment"),
            impact: try row.decode("quota", as: JSONValue?.self).map { QuotaImpact(stored: $0) }
        )
    }
}

extension ApprovalEntry.Kind: PostgresCodable {}

/// A request with everything that one of those it concerns gets to see.
public struct ApprovalRequestDetail: Sendable {
    /// What can be done with a request.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// Say yes.
        case approve
        /// Say no.
        case reject
        /// Take it back.
        case cancel
        /// Say something.
        case comment
    }

    /// The request.
    public let request: ApprovalRequest
    /// What was said and decided, oldest first, at most `PortalLimits.Approvals.entriesMax`.
    public let entries: [ApprovalEntry]
    /// Who is asked now, nearest first, at most `PortalLimits.Approvals.peopleShownMax`; empty when it does not wait.
    public let people: [(id: UserID, name: String)]
    /// What the change means for the quotas now: the levels that the caller sees.
    public let impact: QuotaImpact
    /// Whether the quotas hold the growth now.
    public let isHeld: Bool
    /// What the caller can do with it.
    public let allowedActions: [Action]
}
