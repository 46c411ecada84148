public import FoundationEssentials
public import JSON
import Postgres

/// A change of a vcluster that waits for approval, or waited.
public struct ApprovalRequest: Sendable, Hashable, Identifiable {
    /// Where a request is in its life.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It waits for the people of its present step.
        case pending
        /// Somebody said no.
        case rejected
        /// The requester took it back.
        case cancelled
        /// Nobody decided in time.
        case expired
        /// Everybody agreed, and the change was begun.
        case executed
        /// Everybody agreed, and the change was refused when it was to begin.
        case failed
    }

    /// The policy as it was when the request was filed.
    public struct Policy: Sendable, Hashable {
        /// The policy, which may have been changed or removed since.
        public let id: ApprovalPolicyID
        /// What it was called.
        public let name: String
        /// Who is asked.
        public let steps: [ApprovalStep]
    }

    /// The id; that of its hold, too.
    public let id: ApprovalRequestID
    /// The tenant that the change is about, and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// The name of that tenant.
    public let tenantName: String
    /// Who wants the change.
    public let requesterID: UserID
    /// Their name.
    public let requesterName: String
    /// The API token that it was filed with.
    public let tokenID: TokenID?
    /// What is to be changed; of a creation what came of it, nil before.
    public let vclusterID: VClusterID?
    /// Its name, as it was or is to be.
    public let vclusterName: String
    /// What is to be done.
    public let verb: ApprovalVerb
    /// The change as it will run.
    public let change: JSONValue
    /// What the change replaces, by the same members.
    public let before: JSONValue
    /// Who has to agree.
    public let policy: Policy
    /// The step that is asked, or was asked last, from 0.
    public let step: Int
    /// Where it is.
    public let state: State
    /// What the change takes more of each dimension.
    public let growth: QuotaAmounts
    /// What that meant at every level when the request was filed.
    public private(set) var impact: QuotaImpact
    /// Until when the quotas hold the growth for it; nil for not at all.
    public let heldUntil: Date?
    /// The operation that the change became.
    public let operationID: OperationID?
    /// Why the change was refused after it was approved.
    public let failure: Failure?
    /// When it was filed.
    public let createdAt: Date
    /// When anything about it changed last.
    public let updatedAt: Date
    /// When it ends undecided.
    public let expiresAt: Date
    /// When it ended.
    public let endedAt: Date?
    /// Grows with every change.
    public let version: Int64

    /// Why an approved change did not run.
    public struct Failure: Sendable, Hashable {
        /// The code of the error, `QUOTA_EXCEEDED`.
        public let code: String
        /// What happened, for a person.
        public let message: String
        /// The further members of the problem document, such as the level of a quota.
        public let extensions: JSONObject

        /// The error that it was.
        public var error: PortalError {
            PortalError(PortalError.Code(rawValue: code) ?? .conflict, message, extensions: extensions)
        }
    }

    /// The tenant that the change is about.
    public var tenantID: TenantID { tenantPath.last ?? TenantID() }

    /// For `If-Match`.
    public var etag: ETag { ETag(version: version) }

    /// The step that is asked; nil when the request does not wait.
    public var openStep: ApprovalStep? {
        state == .pending && policy.steps.indices.contains(step) ? policy.steps[step] : nil
    }

    /// The same with another impact.
    func with(_ impact: QuotaImpact) -> ApprovalRequest {
        var copy = self
        copy.impact = impact
        return copy
    }

    /// Whether the quotas hold the growth at a time.
    public func isHeld(at time: Date) -> Bool {
        guard state == .pending, let heldUntil else { return false }
        return heldUntil > time
    }
}

extension ApprovalRequest.Policy {
    /// Reads what `json` wrote.
    init(stored json: JSONValue) throws(PortalError) {
        let steps = json["steps"]?.array ?? []
        guard let id = json["id"]?.string.flatMap({ ApprovalPolicyID($0) }) else {
            throw PortalError(.internal, "A request in the database cannot be read.")
        }
        self.init(
            id: id,
            name: json["name"]?.string ?? "",
            steps: steps.compactMap { ApprovalStep(stored: $0) }
        )
        guard self.steps.count == steps.count, !steps.isEmpty else {
            throw PortalError(.internal, "A request in the database cannot be read.")
        }
    }

    /// The members that are stored, and shown.
    var json: JSONValue { ["id": id.json, "name": .string(name), "steps": steps.json] }
}

extension ApprovalRequest.Failure {
    /// What a refusal says.
    init(_ error: PortalError) {
        self.init(code: error.code.rawValue, message: error.message, extensions: error.extensions)
    }

    /// Reads what `stored` wrote.
    init(stored json: JSONValue) {
        self.init(
            code: json["code"]?.string ?? "",
            message: json["message"]?.string ?? "",
            extensions: json["extensions"]?.object ?? [:]
        )
    }

    /// The members that are stored.
    var stored: JSONValue {
        ["code": .string(code), "message": .string(message), "extensions": .object(extensions)]
    }
}

extension ApprovalRequest {
    /// Reads the columns of `ApprovalRequestQueries`.
    init(row: PostgresRow) throws {
        let growth = try row.decode("growth", as: JSONValue.self)
        let failure = try row.decode("failure", as: JSONValue?.self)
        self.init(
            id: try row.decode("request_id"),
            tenantPath: try row.decode("tenant_path"),
            tenantName: try row.decode("tenant_name"),
            requesterID: try row.decode("requester_id"),
            requesterName: try row.decode("requester_name"),
            tokenID: try row.decode("token_id"),
            vclusterID: try row.decode("vcluster_id"),
            vclusterName: try row.decode("vcluster_name"),
            verb: try row.decode("verb"),
            change: try row.decode("change"),
            before: try row.decode("before"),
            policy: try Policy(stored: try row.decode("policy")),
            step: try row.decode("step"),
            state: try row.decode("state"),
            growth: QuotaAmounts(
                stored: growth["amounts"]?.array?.compactMap(\.int) ?? [],
                extended: growth["extended"] ?? [:]
            ),
            impact: QuotaImpact(stored: try row.decode("quota")),
            heldUntil: try row.decode("held_until"),
            operationID: try row.decode("operation_id"),
            failure: failure.map { Failure(stored: $0) },
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            expiresAt: try row.decode("expires_at"),
            endedAt: try row.decode("ended_at"),
            version: try row.decode("version")
        )
    }
}

extension ApprovalRequest.State: PostgresCodable {}
