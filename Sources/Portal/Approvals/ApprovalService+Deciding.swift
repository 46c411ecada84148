import FoundationEssentials
import JSON
import Postgres

extension ApprovalService {
    /// Says yes to a request; the last yes carries the change out.
    ///
    /// The change runs in the same transaction, as the requester and with everything checked again: their roles, access
    /// rules, the phase of the vcluster, quotas. When it is refused the request ends as `failed` and says why.
    ///
    /// - Returns: The request as it is now.
    /// - Throws: `PortalError` `.notFound`, `.forbidden` for who is not asked, `.conflict` when it does not wait any more,
    ///   `.preconditionFailed`, `.invalidArgument` for the comment; `PostgresError`.
    /// - Note: Locks the request for the whole of it: of several last approvals one carries the change out.
    public func approve(
        _ id: ApprovalRequestID,
        comment: String = "",
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> ApprovalRequestDetail {
        try await deciding(id, .approve, comment, ifMatch: ifMatch, as: caller) { request, now, transaction in
            let count = ApprovalEntryQueries.countApprovals(of: id, step: request.step)
            let approvals = try await transaction.query(count).first?.decode("approvals", as: Int.self) ?? 0
            guard let step = request.openStep, approvals >= step.quorum else { return }
            guard request.step + 1 == request.policy.steps.count else {
                try await transaction.execute(ApprovalRequestQueries.advance(id, to: request.step + 1, at: now))
                return
            }
            try await carryOut(request, by: caller, at: now, in: transaction)
        }
    }

    /// Says no to a request, which ends it.
    ///
    /// - Returns: The request as it is now.
    /// - Throws: As `approve`.
    public func reject(
        _ id: ApprovalRequestID,
        comment: String = "",
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> ApprovalRequestDetail {
        try await deciding(id, .reject, comment, ifMatch: ifMatch, as: caller) { request, now, transaction in
            try await Self.end(request, .rejected, at: now, in: transaction)
        }
    }

    /// Takes a request back.
    ///
    /// - Returns: The request as it is now.
    /// - Throws: As `approve`; `.forbidden` for anybody but the requester.
    public func cancel(
        _ id: ApprovalRequestID,
        comment: String = "",
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> ApprovalRequestDetail {
        try await deciding(id, .cancel, comment, ifMatch: ifMatch, as: caller) { request, now, transaction in
            try await Self.end(request, .cancelled, at: now, in: transaction)
        }
    }

    /// Says something about a request that waits.
    ///
    /// - Returns: The request as it is now.
    /// - Throws: As `approve`; `.invalidArgument` for an empty comment, `.conflict` when there are too many.
    public func comment(
        _ id: ApprovalRequestID,
        _ comment: String,
        as caller: Caller
    ) async throws -> ApprovalRequestDetail {
        try await deciding(id, .comment, comment, ifMatch: nil, as: caller) { request, now, transaction in
            let row = try await transaction.query(ApprovalEntryQueries.countComments(of: id)).first
            guard try row?.decode("comments", as: Int.self) ?? 0 <= limits.approvals.commentsMax else {
                throw PortalError(.conflict, "The request has as many comments as it may have.")
            }
            try await transaction.execute(ApprovalRequestQueries.touch(id, at: now))
        }
    }

    /// Adds an entry to a locked request that waits, and does what follows of it.
    private func deciding(
        _ id: ApprovalRequestID,
        _ kind: ApprovalEntry.Kind,
        _ comment: String,
        ifMatch: String?,
        as caller: Caller,
        _ body: @escaping @Sendable (ApprovalRequest, Date, PortalTransaction) async throws -> Void
    ) async throws -> ApprovalRequestDetail {
        let comment = try Self.checked(comment, kind)
        let now = time.now()
        return try await database.elevated(for: .approvals).transaction { transaction in
            try await transaction.query(ApprovalRequestQueries.lock(id))
            let found = try await Self.find(id, as: caller, in: transaction)
            let request = found.request
            let userID = try Self.require(kind, found, as: caller, at: now)
            try request.etag.require(ifMatch: ifMatch)
            let impact =
                kind == .approve || kind == .reject
                ? try await QuotaImpact.load(
                    of: request.growth,
                    onPath: request.tenantPath,
                    isHeld: try await transaction.query(QuotaQueries.reservation(id.uuid)).first != nil,
                    in: transaction
                ) : nil
            try await transaction.execute(
                ApprovalEntryQueries.insert(kind, comment, by: userID, on: request, impact: impact, at: now)
            )
            try await body(request, now, transaction)
            let after = try await Self.find(id, as: caller, in: transaction)
            try await record(kind.auditVerb, request, after.request, comment, by: caller, at: now, in: transaction)
            return try await Self.detail(of: after, as: caller, at: now, in: transaction)
        }
    }

    /// Guards an action on a request.
    ///
    /// - Returns: Who acts.
    private static func require(
        _ kind: ApprovalEntry.Kind,
        _ found: Found,
        as caller: Caller,
        at now: Date
    ) throws(PortalError) -> UserID {
        let request = found.request
        guard let userID = caller.userID else { throw .forbidden(.requestsDecide) }
        guard request.state == .pending, request.expiresAt > now else {
            let state = request.state == .pending ? .expired : request.state
            throw PortalError(
                .conflict,
                "The request does not wait any more: it is \(state.rawValue).",
                extensions: ["state": .string(state.rawValue)]
            )
        }
        switch kind {
        case .comment: break
        case .cancel:
            guard found.isRequester else {
                throw PortalError(.forbidden, "Only \(request.requesterName) can take the request back.")
            }
        case .approve, .reject:
            if found.isRequester {
                throw PortalError(.forbidden, "Nobody decides on their own request. You can take it back.")
            }
            guard found.isAsked else {
                throw PortalError(
                    .forbidden,
                    "The present step of the request does not ask you. The page says whom it asks."
                )
            }
        }
        return userID
    }

    private static func checked(_ comment: String, _ kind: ApprovalEntry.Kind) throws(PortalError) -> String {
        var errors = FieldErrors()
        let most = PortalLimits.Approvals.commentLengthMax
        let text = TextRules.paragraph(comment, field: "comment", lengthMax: most, errors: &errors).trimmed
        if kind == .comment, text.isEmpty { errors.add("comment", FieldErrorCode.required, "must not be empty") }
        try errors.throwIfAny()
        return text
    }

    private func record(
        _ verb: AuditVerb,
        _ before: ApprovalRequest,
        _ after: ApprovalRequest,
        _ comment: String,
        by caller: Caller,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws {
        var document = after.auditJSON
        document["comment"] = .string(comment)
        if let failure = after.failure { document["failure"] = .string("\(failure.code): \(failure.message)") }
        try await AuditLog.record(
            AuditEntry(verb, of: .request(after), before: before.auditJSON, after: document),
            by: caller,
            at: now,
            limits: limits.audit,
            in: transaction
        )
    }
}
