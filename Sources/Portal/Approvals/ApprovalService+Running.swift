import FoundationEssentials
import Logging
import Postgres

extension ApprovalService {
    /// Makes the change of a request that everybody has agreed to, or ends it with the refusal.
    ///
    /// - Parameters:
    ///   - request: The request, whose row is locked.
    ///   - caller: Whose approval was the last.
    ///   - now: The time of everything.
    ///   - transaction: That of the approval, with everything in sight.
    /// - Throws: `PostgresError`, and other errors that are no refusals of the change.
    func carryOut(
        _ request: ApprovalRequest,
        by caller: Caller,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws {
        let made: (vcluster: VCluster, operation: Operation?)
        do {
            made = try await transaction.savepoint {
                let requester = try await requester(of: request, at: now, requestID: caller.requestID, in: transaction)
                // From here on the wall is that of the requester.
                let lifecycle = LifecycleTransaction(
                    transaction: transaction.as(requester),
                    caller: requester,
                    now: now,
                    limits: limits,
                    approval: request.id
                )
                return try await lifecycle.run(request)
            }
        } catch {
            guard let failure = Self.failure(error) else { throw error }
            let fields: Logger.Metadata = ["request": "\(request.id)", "error": "\(failure.message)"]
            logger.info("an approved change was refused", metadata: fields)
            try await Self.end(request, .failed, failure: failure, at: now, in: transaction)
            return
        }
        try await Self.end(request, .executed, made: made, at: now, in: transaction)
    }

    /// Ends a locked request and gives back what is still held for it.
    static func end(
        _ request: ApprovalRequest,
        _ state: ApprovalRequest.State,
        made: (vcluster: VCluster, operation: Operation?)? = nil,
        failure: ApprovalRequest.Failure? = nil,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws {
        try await transaction.execute(
            ApprovalRequestQueries.end(
                request.id,
                state,
                vclusterID: made?.vcluster.id,
                operationID: made?.operation?.id,
                failure: failure,
                at: now
            )
        )
        if request.heldUntil != nil {
            try await QuotaAdmission(transaction, at: now).endHold(request.id.uuid)
        }
    }

    /// Who wanted the change, with what they may do now.
    ///
    /// - Throws: `PortalError` `.forbidden` when they may not sign in any more, or their token has ended.
    private func requester(
        of request: ApprovalRequest,
        at now: Date,
        requestID: String?,
        in transaction: PortalTransaction
    ) async throws -> Caller {
        let most = limits.identity.bindingsPerUserMax
        let query =
            request.tokenID.map { ApprovalEntryQueries.requester(token: $0, at: now, bindingsMax: most) }
            ?? ApprovalEntryQueries.requester(request.requesterID, bindingsMax: most)
        let rows = try await transaction.query(query)
        guard let first = rows.first else {
            throw PortalError(
                .forbidden,
                request.tokenID == nil
                    ? "\(request.requesterName) may not sign in any more."
                    : "The API token that the request was filed with has ended, or its owner may not sign in any more."
            )
        }
        return try Caller(
            first: first,
            rows: rows,
            via: .request(request.id),
            scope: request.tokenID == nil ? nil : try CallerScope(row: first),
            requestID: requestID
        )
    }

    /// What a refusal says; nil for an error that is none, after which the approval itself is undone.
    private static func failure(_ error: any Error) -> ApprovalRequest.Failure? {
        let told: PortalError
        switch error {
        case let error as PortalError where error.code != .internal && error.code != .unavailable: told = error
        case let refusal as QuotaRefusal: told = refusal.error(contacts: [])
        case let shortage as HostShortage: told = shortage.error
        case _ where error.violates("vclusters_name_is_unique_in_tenant"):
            told = PortalError(.alreadyExists, "The tenant has a vcluster with this name by now.")
        default: return nil
        }
        return ApprovalRequest.Failure(told)
    }
}
