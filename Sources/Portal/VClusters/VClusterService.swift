import FoundationEssentials
import JSON
import Logging
import Postgres

/// The use cases on vclusters.
///
/// Each authorizes the caller, decides, and writes vcluster, operation, steps, event, change and audit row in one
/// transaction. What a caller may not see is `.notFound`, what it sees but may not do is `.forbidden`. A change in a
/// phase that does not allow it is `.invalidPhase` with the members `phase` and `allowedActions`.
public struct VClusterService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let hosts: HostConnections
    let limits: PortalLimits
    let logger: Logger

    /// Makes a vcluster and the operation that installs it.
    ///
    /// - Returns: The vcluster in `PENDING` and its operation.
    /// - Throws: `ApprovalPending`, as every verb that a policy asks about; `PortalError` `.invalidArgument` with every
    ///   wrong field, `.notFound` for an invisible tenant,
    ///   `.forbidden`, `.alreadyExists` for a name that is taken, `.unavailable` when no host accepts new vclusters.
    @discardableResult
    public func create(_ new: NewVCluster, as caller: Caller) async throws -> VClusterChange {
        let tenant = try await tenant(new.tenantID, as: caller)
        try caller.require(.vclustersCreate, onPath: tenant.path, noun: "tenant")
        let template = try await template(new.templateID, as: caller)
        let spec = try validated(new, template: new.isSpecWhole ? nil : template?.spec)
        let use = QuotaUse(VClusterDemand(spec, isRunning: true).amounts, class: new.qosClass)
        let environment = new.environment ?? template?.environment ?? .development
        let rules = try await AccessGuard(
            of: caller,
            onPath: tenant.path,
            limits: limits,
            in: database.elevated(for: .accessRules)
        )
        let hosts = try await placements(new.hostID, for: use) { hostID throws(PortalError) in
            let attributes = AccessAttributes(
                tenantPath: tenant.path,
                environment: environment,
                labels: new.labels,
                hostID: hostID
            )
            try rules.require(.vclustersCreate, on: attributes, at: time.now())
        }
        return try await trying(hosts) { host in
            try await checkOnHost(spec, host: host)
            var vcluster = VCluster(pending: new, of: tenant, on: host, spec: spec, at: time.now())
            vcluster.environment = environment
            vcluster.createdBy = caller.userID
            return try await insert(vcluster, verb: .create, as: caller)
        }
    }

    /// Pauses a vcluster; its data stays.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidPhase`, `.preconditionFailed`, `.conflict`.
    @discardableResult
    public func suspend(_ id: VClusterID, ifMatch: String? = nil, as caller: Caller) async throws -> VClusterChange {
        try await change(id, .suspend, .suspend, needing: .vclustersSuspend, ifMatch: ifMatch, as: caller)
    }

    /// Starts a vcluster after a pause, or again after an error.
    ///
    /// - Throws: As `suspend`.
    @discardableResult
    public func resume(_ id: VClusterID, ifMatch: String? = nil, as caller: Caller) async throws -> VClusterChange {
        try await change(id, .resume, .resume, needing: .vclustersSuspend, ifMatch: ifMatch, as: caller)
    }

    /// Deletes a vcluster: softly, or for good with a grace period of zero.
    ///
    /// One that is still `PENDING` is gone at once, and its creation cancelled. In its grace period only
    /// `gracePeriod: .zero` is allowed, which ends it.
    ///
    /// - Parameters:
    ///   - id: The vcluster.
    ///   - gracePeriod: How long `undelete` will work; nil for the configured default.
    ///   - ifMatch: The `If-Match` header.
    ///   - caller: Who asks.
    /// - Returns: The vcluster in its new phase and the operation: a new one, or the cancelled creation.
    /// - Throws: As `suspend`, and `.invalidArgument` for a grace period out of bounds.
    @discardableResult
    public func delete(
        _ id: VClusterID,
        gracePeriod: Duration? = nil,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> VClusterChange {
        let grace = gracePeriod ?? limits.vclusters.gracePeriodDefault
        guard grace >= .zero, grace <= limits.vclusters.gracePeriodMax else {
            let days = Int(limits.vclusters.gracePeriodMax / .seconds(86400))
            throw PortalError.invalid(
                "gracePeriodSeconds",
                FieldErrorCode.outOfRange,
                "must be between 0 and \(days) days"
            )
        }
        return try await lifecycle(as: caller) { lifecycle in
            try await lifecycle.delete(id, gracePeriod: grace, ifMatch: ifMatch)
        }
    }

    /// Brings a deleted vcluster back to the phase it had: running, suspended, or in error.
    ///
    /// - Throws: As `suspend`.
    @discardableResult
    public func undelete(_ id: VClusterID, ifMatch: String? = nil, as caller: Caller) async throws -> VClusterChange {
        try await lifecycle(as: caller) { lifecycle in try await lifecycle.undelete(id, ifMatch: ifMatch) }
    }

    /// Runs the change that failed or was cancelled again, from its last finished step, as a new operation.
    ///
    /// - Throws: As `suspend`.
    @discardableResult
    public func retry(_ id: VClusterID, ifMatch: String? = nil, as caller: Caller) async throws -> VClusterChange {
        try await lifecycle(as: caller) { lifecycle in
            let before = try await lifecycle.lock(id, for: .vclustersRead, ifMatch: ifMatch)
            try before.require(.retry)
            let failed = try await lifecycle.lastUnfinishedWork(of: id)
            // An error without a failed operation has nothing to continue: applying the spec again repairs most.
            let verb = failed?.operation.verb ?? .update
            try caller.require(
                verb.permission,
                onPath: before.tenantPath,
                reading: .vclustersRead,
                noun: "vcluster"
            )
            try await lifecycle.requireRules(verb.ruledPermission, on: before)
            let retried = failed?.parameters(retrying: before, at: lifecycle.now)
            return try await lifecycle.start(
                verb,
                on: before,
                before: before,
                parameters: retried ?? OperationParameters(previous: before),
                continuing: failed?.operation
            )
        }
    }
}

extension OperationVerb {
    /// What asking for the verb needs; `retry` needs what the verb needed.
    var permission: Permission {
        switch self {
        case .create: .vclustersCreate
        case .adopt: .hostsManage
        case .suspend, .resume: .vclustersSuspend
        case .scale, .update: .vclustersUpdate
        case .delete, .undelete, .purge: .vclustersDelete
        case .snapshot, .deleteSnapshot: .vclustersSnapshot
        case .restore: .vclustersRestore
        }
    }
}

extension OperationVerb {
    /// What rules are asked about for the verb: who adopts makes a vcluster.
    fileprivate var ruledPermission: Permission { self == .adopt ? .vclustersCreate : permission }
}

extension VCluster {
    /// Guards an action by the phase table.
    ///
    /// - Throws: `PortalError` `.invalidPhase` with `phase` and `allowedActions`.
    func require(_ action: VClusterAction) throws(PortalError) {
        guard !phase.allows(action) else { return }
        let allowed = phase.allowedActions.map(\.rawValue)
        let next =
            allowed.isEmpty
            ? "Wait until the change that is on its way has ended, or cancel it."
            : "Possible now: \(allowed.joined(separator: ", "))."
        throw PortalError(
            .invalidPhase,
            "\(name) is \(phase.rawValue), which does not allow \(action.rawValue). \(next)",
            extensions: [
                "phase": .string(phase.rawValue), "allowedActions": .array(allowed.map { .string($0) }),
            ]
        )
    }
}
