import FoundationEssentials
import JSON
import Postgres

extension LifecycleTransaction {
    /// Files a change as a request when a policy asks for that, before anything of it is made.
    ///
    /// The one gate between what a caller may do and what begins: `insert`, `start` and `save` go through it first, so no
    /// verb, however it was called, can go around it. The portal itself and a change that was approved pass.
    ///
    /// - Parameters:
    ///   - verb: What is done.
    ///   - vcluster: The vcluster with everything changed.
    ///   - before: The vcluster as it was locked; nil for one that is made.
    ///   - parameters: Those of the operation.
    /// - Throws: `ApprovalPending` with the request, which is to be committed; `QuotaRefusal` when the policy holds quota
    ///   and there is none, `PortalError` `.alreadyExists` and `.conflict` when the same waits already.
    func requireApproval(
        of verb: OperationVerb,
        on vcluster: VCluster,
        before: VCluster?,
        parameters: OperationParameters
    ) async throws {
        guard approval == nil, let requesterID = caller.userID, let verb = ApprovalVerb(verb),
            verb == .create || !(verb == .update && before.map(vcluster.isAsSettled) == true)
        else { return }
        let elevated = transaction.elevated(for: .approvals)
        let policies = try await ApprovalPolicy.onPath(vcluster.tenantPath, in: elevated)
        guard policies.contains(where: \.content.isEnabled) else { return }
        let question = try await question(verb, vcluster, before, parameters, in: elevated)
        guard let policy = policies.first(where: { $0.content.asks(about: question) }) else { return }
        let purgeAt = parameters.purgeAt
        let change = WaitingChange(
            verb,
            of: vcluster,
            before: before,
            purgeAt: purgeAt,
            snapshot: parameters.snapshot,
            now: now
        )
        let request = NewApprovalRequest(
            id: ApprovalRequestID(),
            tenantID: vcluster.tenantID,
            requesterID: requesterID,
            tokenID: caller.tokenID,
            vclusterID: before?.id,
            vclusterName: vcluster.name,
            change: change,
            policy: .init(id: policy.id, name: policy.content.name, steps: policy.content.steps),
            growth: question.growth,
            impact: try await QuotaImpact.load(
                of: question.growth,
                onPath: vcluster.tenantPath,
                isHeld: false,
                in: elevated
            ),
            heldUntil: question.growth.isZero ? nil : policy.content.holdHours.map { now.advanced(byHours: $0) },
            createdAt: now,
            expiresAt: now.advanced(byHours: policy.content.expiryHours)
        )
        throw ApprovalPending(request: try await file(request, for: vcluster, before: before))
    }

    private func question(
        _ verb: ApprovalVerb,
        _ vcluster: VCluster,
        _ before: VCluster?,
        _ parameters: OperationParameters,
        in elevated: PortalTransaction
    ) async throws -> ApprovalQuestion {
        let isRunning =
            switch verb {
            case .create, .scale, .resume, .restore: true
            case .update: vcluster.spec != before?.spec || vcluster.phase == .running
            case .undelete: (parameters.phaseBeforeDelete ?? .running) == .running
            case .suspend, .delete: false
            }
        func state(_ vcluster: VCluster, takes amounts: QuotaAmounts) -> ApprovalQuestion.State {
            ApprovalQuestion.State(
                attributes: AccessAttributes(of: vcluster),
                amounts: amounts,
                whole: VClusterDemand(vcluster.spec, isRunning: true).amounts
            )
        }
        var question = ApprovalQuestion(
            verbs: [verb],
            templateID: vcluster.templateID,
            after: state(vcluster, takes: VClusterDemand(vcluster.spec, isRunning: isRunning).amounts)
        )
        if let before {
            let row = try await elevated.query(QuotaQueries.reservation(before.id.uuid)).first
            let reserved = try row.map { try QuotaReservation(row: $0).amounts }
            question.before = state(before, takes: reserved ?? .zero)
            // The portal deletes what has expired, in the name of nobody: who sets the date is asked.
            if let expiry = vcluster.expiresAt, before.expiresAt.map({ expiry < $0 }) ?? true {
                question.verbs.append(.delete)
            }
        }
        return question
    }

    private func file(
        _ request: NewApprovalRequest,
        for vcluster: VCluster,
        before: VCluster?
    ) async throws -> ApprovalRequest {
        let elevated = transaction.elevated(for: .approvals)
        if before == nil { try await requireFreeName(vcluster) }
        let limit = limits.approvals.pendingPerUserMax
        let waiting = try await elevated.query(ApprovalRequestQueries.countPending(of: request.requesterID)).first
        guard try waiting?.decode("requests", as: Int.self) ?? 0 < limit else {
            throw PortalError(.conflict, "\(limit) of your requests wait already. Cancel some, or wait for decisions.")
        }
        do {
            try await elevated.execute(ApprovalRequestQueries.insert(request))
        } catch  where error.violates("approval_requests_one_creation_waits") {
            throw PortalError(
                .alreadyExists,
                "A request for a vcluster named \(vcluster.name) waits already. Cancel it, or choose another name.",
                fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is asked for already")]
            )
        } catch  where error.violates("approval_requests_one_change_waits") {
            throw PortalError(
                .conflict,
                "A request to \(request.change.verb.rawValue) \(vcluster.name) waits already. Cancel it first."
            )
        }
        if before != nil {
            let text = "A request to \(request.change.verb.rawValue) it waits for approval."
            try await record(.normal, "ApprovalRequested", text, of: vcluster)
        }
        if let expiry = request.heldUntil {
            let hold = QuotaReservation(
                hold: request.id.uuid,
                of: request.growth,
                at: request.tenantID,
                ownerID: vcluster.createdBy,
                class: vcluster.qosClass,
                until: expiry
            )
            try await quotas.hold(hold, unbounded: VClusterDemand(vcluster.spec, isRunning: true).unbounded)
        }
        let query = ApprovalRequestQueries.byID(request.id, for: request.requesterID)
        guard let row = try await elevated.query(query).first else { throw PortalError.notFound("request") }
        let filed = try ApprovalRequest(row: row)
        try await AuditLog.record(
            AuditEntry(.requestFile, of: .request(filed), after: filed.auditJSON),
            by: caller,
            at: now,
            limits: limits.audit,
            in: elevated
        )
        return filed
    }

    private func requireFreeName(_ vcluster: VCluster) async throws {
        let query = VClusterQueries.phase(ofName: vcluster.name, in: vcluster.tenantID)
        guard try await transaction.query(query).first != nil else { return }
        throw PortalError(
            .alreadyExists,
            "The tenant has a vcluster named \(vcluster.name) already. Choose another name.",
            fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken in this tenant")]
        )
    }
}

extension VCluster {
    /// Whether nothing that people can set differs: the same spec applied again repairs, and changes nothing.
    fileprivate func isAsSettled(_ other: VCluster) -> Bool {
        spec == other.spec && labels == other.labels && environment == other.environment
            && qosClass == other.qosClass && expiresAt == other.expiresAt
    }
}

extension Date {
    /// The time some hours later.
    fileprivate func advanced(byHours hours: Int) -> Date { advanced(by: .seconds(hours * 3600)) }
}

extension AuditObject {
    /// A request.
    static func request(_ request: ApprovalRequest) -> AuditObject {
        AuditObject(
            kind: "request",
            id: request.id.description,
            name: "\(request.verb.rawValue) \(request.vclusterName)",
            tenantPath: request.tenantPath
        )
    }
}

extension ApprovalRequest {
    /// What the audit log keeps of a request.
    var auditJSON: JSONValue {
        [
            "state": .string(state.rawValue), "verb": .string(verb.rawValue), "vclusterName": .string(vclusterName),
            "policy": .string(policy.name), "step": step.json, "change": change,
        ]
    }
}
