import FoundationEssentials
import JSON
import Postgres

/// The parts of a lifecycle change that every verb shares, over one transaction.
///
/// Lock order: the shape of the tree (shared), vcluster, operation, host, quotas, audit chain. Everything is written here
/// or nowhere: vcluster, operation, steps, event, reservation, changes, audit row and wake-up become visible together.
struct LifecycleTransaction: Sendable {
    let transaction: PortalTransaction
    let caller: Caller
    let now: Date
    let limits: PortalLimits
    /// The request that was approved and is carried out; nil for what somebody does at once.
    var approval: ApprovalRequestID?

    /// Locks a vcluster that the caller may change.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without the permission or when a rule takes it away,
    ///   `.preconditionFailed`.
    func lock(_ id: VClusterID, for permission: Permission, ifMatch: String? = nil) async throws -> VCluster {
        // The tree first: the path that is read with the vcluster has to hold until the commit.
        let results = try await transaction.pipeline([TenantQueries.shareTree, VClusterQueries.lock(id)])
        guard let row = results[1].first else { throw PortalError.notFound("vcluster") }
        let vcluster = try VCluster(row: row)
        try caller.require(permission, onPath: vcluster.tenantPath, reading: .vclustersRead, noun: "vcluster")
        try await requireRules(permission, on: vcluster)
        try vcluster.etag.require(ifMatch: ifMatch)
        return vcluster
    }

    /// Starts an operation on a locked vcluster and saves the vcluster in the phase of its verb.
    ///
    /// - Parameters:
    ///   - verb: What the operation does.
    ///   - vcluster: The vcluster with everything else already changed.
    ///   - before: The vcluster as it was locked, for the audit log.
    ///   - parameters: What the operation needs to know beside the vcluster.
    ///   - failed: The failed operation whose finished steps need not run again.
    ///   - reservation: What the operation takes of the quotas beside what the vcluster does.
    /// - Returns: The vcluster and the operation as they are now.
    /// - Throws: `PortalError` `.conflict` when another operation is on its way after all; `QuotaRefusal`;
    ///   `ApprovalPending`.
    func start(
        _ verb: OperationVerb,
        on vcluster: VCluster,
        before: VCluster,
        parameters: OperationParameters,
        continuing failed: Operation? = nil,
        reserving reservation: QuotaReservation? = nil
    ) async throws -> VClusterChange {
        // Who tries again what has failed does what was approved before.
        if failed == nil { try await requireApproval(of: verb, on: vcluster, before: before, parameters: parameters) }
        var vcluster = vcluster
        let operation = operation(verb, on: vcluster, parameters: parameters, continuing: failed)
        vcluster.phase = verb.phase
        vcluster.reason = nil
        vcluster.message = ""
        vcluster.activeOperationID = operation.id
        vcluster.version += 1
        vcluster.updatedAt = now
        do {
            try await transaction.pipeline(
                inserts(of: operation, generation: vcluster.generation, parameters: parameters)
                    + [VClusterQueries.save(vcluster, at: now)]
            )
        } catch  where error.violates("operations_one_active_per_vcluster") {
            throw PortalError(
                .conflict,
                "Another change of \(vcluster.name) is on its way. Wait until it has ended, or cancel it."
            )
        }
        try await finish(
            verb,
            on: vcluster,
            before: before,
            operation: operation,
            parameters: parameters,
            reserving: reservation
        )
        return VClusterChange(vcluster: vcluster, operation: operation)
    }

    /// Inserts a new vcluster together with the operation that makes it.
    ///
    /// - Throws: `PortalError` `.notFound` and `.forbidden` when the tenant has moved out of the caller's reach,
    ///   `.conflict` when it was archived; `QuotaRefusal`.
    func insert(_ vcluster: VCluster, verb: OperationVerb) async throws -> VClusterChange {
        var vcluster = vcluster
        let results = try await transaction.pipeline([
            TenantQueries.shareTree, TenantQueries.byID(vcluster.tenantID),
        ])
        guard let row = results[1].first else { throw PortalError.notFound("tenant") }
        let tenant = try Tenant(row: row)
        try caller.require(.vclustersCreate, onPath: tenant.path, noun: "tenant")
        try tenant.requireLive()
        vcluster.tenantName = tenant.name
        vcluster.tenantPath = tenant.path
        try await requireRules(.vclustersCreate, on: vcluster)
        var parameters = OperationParameters(previous: vcluster)
        parameters.previousPhase = .pending
        try await requireApproval(of: verb, on: vcluster, before: nil, parameters: parameters)
        let operation = operation(verb, on: vcluster, parameters: parameters, continuing: nil)
        vcluster.activeOperationID = operation.id
        // The vcluster first: the operation refers to it.
        try await transaction.pipeline(
            [VClusterQueries.insert(vcluster)]
                + inserts(of: operation, generation: vcluster.generation, parameters: parameters)
        )
        try await finish(verb, on: vcluster, before: nil, operation: operation, parameters: parameters)
        return VClusterChange(vcluster: vcluster, operation: operation)
    }

    /// Writes back a locked vcluster that no operation has to be started for.
    ///
    /// - Throws: `QuotaRefusal` for a class that the quotas have no room for.
    func save(_ vcluster: VCluster, before: VCluster, auditVerb: AuditVerb) async throws -> VCluster {
        let parameters = OperationParameters(previous: before)
        try await requireApproval(of: .update, on: vcluster, before: before, parameters: parameters)
        var vcluster = vcluster
        vcluster.version += 1
        vcluster.updatedAt = now
        try await transaction.pipeline([
            VClusterQueries.save(vcluster, at: now),
            change(.vcluster, .modified, id: vcluster.id.uuid, of: vcluster),
        ])
        if vcluster.qosClass != before.qosClass {
            let reserved = VClusterDemand(vcluster.spec, isRunning: vcluster.phase == .running)
            try await admitOnHost(vcluster, demand: reserved, operationID: nil)
            try await quotas.reclassify(vcluster)
        }
        try await audit(auditVerb, of: vcluster, before: before, after: vcluster)
        return vcluster
    }

    /// Records one event of a vcluster.
    func record(
        _ type: VClusterEvent.Kind,
        _ reason: String,
        _ message: String,
        of vcluster: VCluster,
        operationID: OperationID? = nil
    ) async throws {
        try await transaction.execute(
            event(type, reason, message, of: vcluster, operationID: operationID)
        )
    }

    /// The door to the quotas, over this transaction.
    var quotas: QuotaAdmission { QuotaAdmission(transaction, at: now) }

    func change(_ kind: Change.Kind, _ type: Change.ChangeType, id: UUID, of vcluster: VCluster) -> SQL {
        ChangeQueries.record(
            kind,
            type,
            id: id,
            vclusterID: vcluster.id,
            tenantID: vcluster.tenantID,
            at: now
        )
    }

    func event(
        _ type: VClusterEvent.Kind,
        _ reason: String,
        _ message: String,
        of vcluster: VCluster,
        operationID: OperationID?
    ) -> SQL {
        EventQueries.record(
            VClusterEvent(
                id: EventID(),
                vclusterID: vcluster.id,
                operationID: operationID,
                type: type,
                reason: reason,
                message: message,
                actorName: caller.user.name,
                createdAt: now
            )
        )
    }

    /// Writes the audit row of a change; the specs are in it only where they differ.
    func audit(
        _ verb: AuditVerb,
        of vcluster: VCluster,
        before: VCluster?,
        after: VCluster?,
        about snapshot: SnapshotReference? = nil
    ) async throws {
        var entry = AuditEntry(
            verb,
            of: AuditObject(
                kind: "vcluster",
                id: vcluster.id.description,
                name: vcluster.name,
                tenantPath: vcluster.tenantPath
            )
        )
        entry.before = before.map { $0.auditJSON(comparedTo: after) }
        entry.after = after.map { $0.auditJSON(comparedTo: before) }
        if let snapshot {
            entry.after?["snapshot"] = ["id": .string(snapshot.id.description), "name": .string(snapshot.name)]
        }
        try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
    }

    private func operation(
        _ verb: OperationVerb,
        on vcluster: VCluster,
        parameters: OperationParameters,
        continuing failed: Operation?
    ) -> Operation {
        let done = OperationPlan.stepsKept(failed?.steps ?? [])
        let limitsNamespaces =
            !vcluster.spec.innerQuotas.isEmpty || parameters.previousSpec?.innerQuotas.isEmpty == false
        let plan = OperationPlan.steps(
            of: verb.planned(on: vcluster, phaseBeforeDelete: parameters.phaseBeforeDelete),
            parameters: parameters,
            limitsNamespaces: limitsNamespaces,
            installsSpec: vcluster.observedGeneration < vcluster.generation
        )
        let steps = plan.map { kind, weight in
            let isDone = done.contains(kind.rawValue)
            return OperationStep(
                name: kind.rawValue,
                weight: weight,
                state: isDone ? .succeeded : .pending,
                attempt: 0,
                startedAt: isDone ? now : nil,
                finishedAt: isDone ? now : nil,
                message: ""
            )
        }
        return Operation(
            id: OperationID(),
            tenantID: vcluster.tenantID,
            tenantPath: vcluster.tenantPath,
            vclusterID: vcluster.id,
            vclusterName: vcluster.name,
            verb: verb,
            state: .pending,
            progress: OperationPlan.progress(steps),
            steps: steps,
            attempt: 0,
            reason: nil,
            message: "",
            isCancelRequested: false,
            retryOf: failed?.id,
            createdBy: caller.userID,
            createdByName: caller.user.name,
            createdAt: now,
            startedAt: nil,
            finishedAt: nil,
            deadlineAt: now.advanced(by: limits.operations.deadline),
            runAt: now
        )
    }

    private func inserts(of operation: Operation, generation: Int64, parameters: OperationParameters) -> [SQL] {
        [
            OperationQueries.insert(
                operation,
                generation: generation,
                parameters: parameters.json,
                requestID: caller.requestID,
                traceparent: OperationTrace.current
            ),
            OperationQueries.insertSteps(operation.steps, of: operation.id, at: now),
        ]
    }

    private func finish(
        _ verb: OperationVerb,
        on vcluster: VCluster,
        before: VCluster?,
        operation: Operation,
        parameters: OperationParameters,
        reserving reservation: QuotaReservation? = nil
    ) async throws {
        try await transaction.pipeline([
            event(.normal, "Requested", verb.requestText, of: vcluster, operationID: operation.id),
            change(.vcluster, before == nil ? .added : .modified, id: vcluster.id.uuid, of: vcluster),
            change(.operation, .added, id: operation.id.uuid, of: vcluster),
            OperationQueries.notify(operation.id),
        ])
        if let demand = VClusterDemand(vcluster, after: verb, phaseBeforeDelete: parameters.phaseBeforeDelete) {
            try await admitOnHost(vcluster, demand: demand, operationID: operation.id)
            // Late, because every other change in the organization waits for it. What was held becomes what is taken under
            // one lock: at no moment does it count twice, or not at all.
            if let approval { try await quotas.endHold(approval.uuid) }
            try await quotas.begin(vcluster, demand: demand, needsEnvelope: verb.choosesSpec)
        }
        if let reservation { try await quotas.reserve(reservation) }
        // Last, because it locks an audit chain that others share.
        try await audit(verb.auditVerb, of: vcluster, before: before, after: vcluster, about: parameters.snapshot)
    }
}

extension OperationVerb {
    /// The verb whose steps bring about what this one promises.
    ///
    /// A change of the spec that failed or was cancelled may have left the host with another spec than the vcluster has.
    /// What starts the vcluster then has to install the spec too: it is what is admitted and counted.
    fileprivate func planned(on vcluster: VCluster, phaseBeforeDelete: VClusterPhase?) -> OperationVerb {
        guard vcluster.observedGeneration < vcluster.generation else { return self }
        switch self {
        case .resume: return .update
        case .undelete: return phaseBeforeDelete == .running ? .update : self
        case .create, .adopt, .suspend, .scale, .update, .delete, .purge, .snapshot, .restore, .deleteSnapshot:
            return self
        }
    }

    /// Whether who asks can give the spec what it lacks; the others work with the spec as it is.
    fileprivate var choosesSpec: Bool {
        switch self {
        case .create, .adopt, .scale, .update: true
        case .suspend, .resume, .delete, .undelete, .purge, .snapshot, .restore, .deleteSnapshot: false
        }
    }

    /// What was asked for, as a sentence of the event list.
    fileprivate var requestText: String {
        switch self {
        case .create: "Creation was requested."
        case .adopt: "Adoption of the existing release was requested."
        case .suspend: "Suspension was requested."
        case .resume: "Resumption was requested."
        case .scale: "Another size was requested."
        case .update: "Another spec was requested."
        case .delete: "Deletion was requested."
        case .undelete: "The deletion was taken back."
        case .purge: "Removal for good was requested."
        case .snapshot: "A snapshot was requested."
        case .restore: "The restore of a snapshot was requested."
        case .deleteSnapshot: "Deletion of a snapshot was requested."
        }
    }
}

extension VCluster {
    /// What the audit log keeps of a vcluster: the spec only when the other side has another.
    func auditJSON(comparedTo other: VCluster?) -> JSONValue {
        var object: JSONObject = [
            "phase": .string(phase.rawValue), "generation": generation.json,
            "labels": JSONValue(strings: labels), "environment": .string(environment.rawValue),
            "qosClass": .string(qosClass.rawValue), "expiresAt": JSONValue(time: expiresAt),
        ]
        if other?.spec != spec {
            object["spec"] = spec.json
        }
        return .object(object)
    }
}
