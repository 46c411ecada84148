public import FoundationEssentials
public import JSON
import Postgres

/// Something that the owner of an account has to know: sign-ins that failed before one that worked.
public struct AccountNotice: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: AccountNoticeID
    /// When it was made: at the sign-in that worked.
    public let createdAt: Date
    /// When its owner confirmed to have read it; nil until then.
    public let seenAt: Date?
    /// What failed.
    public let failures: FailedSignIns

    /// A notice with every value.
    public init(id: AccountNoticeID, createdAt: Date, seenAt: Date?, failures: FailedSignIns) {
        self.id = id
        self.createdAt = createdAt
        self.seenAt = seenAt
        self.failures = failures
    }
}

extension AccountNotice {
    /// Reads the columns of `AccountNoticeQueries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("notice_id"),
            createdAt: try row.decode("created_at"),
            seenAt: try row.decode("seen_at"),
            failures: try FailedSignIns(row: row)
        )
    }
}

extension AccountNotice: JSONRepresentable {
    /// The schema `AccountNotice` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "createdAt": .string(RFC3339.format(createdAt)),
            "seenAt": seenAt.map { .string(RFC3339.format($0)) } ?? .null,
            "failedSignIns": failures.json,
        ]
    }
}

extension EntityKind {
    /// See `AccountNoticeID`.
    public enum AccountNotice {}
}

/// The id of a notice on an account.
public typealias AccountNoticeID = TypedID<EntityKind.AccountNotice>
