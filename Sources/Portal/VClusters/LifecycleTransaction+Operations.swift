import FoundationEssentials
import JSON
import Postgres

/// An operation with what is stored beside it.
struct StoredOperation: Sendable {
    var operation: Operation
    var parameters: OperationParameters
    var generation: Int64
    var leaseToken: Int64
    var traceparent: String?
}

extension StoredOperation {
    /// Reads the columns of `OperationQueries.columns`.
    init(row: PostgresRow, steps: [OperationStep]) throws {
        self.init(
            operation: try Operation(row: row, steps: steps),
            parameters: OperationParameters(stored: try row.decode("parameters")),
            generation: try row.decode("generation"),
            leaseToken: try row.decode("lease_token"),
            traceparent: try row.decode("traceparent")
        )
    }
}

extension StoredOperation {
    /// Whether the host has the spec of the vcluster once this has succeeded.
    ///
    /// An adoption takes the spec from the host, all others have to install it; what only starts or stops the vcluster
    /// leaves the host with whatever it has.
    var bringsSpec: Bool {
        operation.verb == .adopt || operation.steps.contains { $0.name == StepKind.install.rawValue }
    }

    /// The parameters of another try: a cancellation goes back to where that began, and a grace period begins anew.
    ///
    /// - Parameters:
    ///   - before: The vcluster as this operation has left it.
    ///   - now: When it is tried again.
    /// - Returns: The parameters for the new operation.
    func parameters(retrying before: VCluster, at now: Date) -> OperationParameters {
        var retried = parameters
        retried.previousPhase = before.phase
        retried.previousReason = before.reason
        retried.previousMessage = before.message
        retried.purgeAt = purgeAt(from: now)
        return retried
    }

    /// When the grace period of a deletion ends that begins at a time; nil when it has none.
    func purgeAt(from begin: Date) -> Date? {
        parameters.purgeAt.map { begin.addingTimeInterval($0.timeIntervalSince(operation.createdAt)) }
    }
}

extension LifecycleTransaction {
    /// The last operation of a vcluster when it failed or was cancelled, with its steps.
    func lastUnfinishedWork(of id: VClusterID) async throws -> StoredOperation? {
        try await stored(OperationQueries.lastUnfinishedWork(of: id))
    }

    /// The last operation of a vcluster with a verb that succeeded.
    func lastOperation(of id: VClusterID, verb: OperationVerb) async throws -> StoredOperation? {
        try await stored(OperationQueries.lastSucceeded(verb, of: id))
    }

    /// Removes a vcluster that nothing was made of, and cancels its creation.
    ///
    /// A worker that has just claimed the operation loses it: its next write finds a newer lease token.
    func discard(_ before: VCluster) async throws -> VClusterChange {
        guard let operationID = before.activeOperationID,
            let stored = try await stored(OperationQueries.lock(operationID))
        else { throw PortalError.notFound("operation") }
        var vcluster = before
        vcluster.phase = .deleted
        vcluster.deletedAt = now
        vcluster.activeOperationID = nil
        vcluster.version += 1
        vcluster.updatedAt = now
        var operation = stored.operation
        operation.state = .cancelled
        operation.reason = Reason.cancelled
        operation.message = "The vcluster was deleted before its creation began."
        operation.finishedAt = now
        operation.isCancelRequested = true
        try await transaction.pipeline([
            OperationQueries.cancelUnbegun(operation.id, message: operation.message, at: now),
            OperationQueries.skipSteps(of: operation.id, at: now),
            VClusterQueries.purge(vcluster.id, at: now),
            event(.normal, "Deleted", operation.message, of: vcluster, operationID: operation.id),
            change(.operation, .modified, id: operation.id.uuid, of: vcluster),
            change(.vcluster, .deleted, id: vcluster.id.uuid, of: vcluster),
        ])
        try await quotas.release(vcluster.id)
        try await audit(.vclusterDelete, of: vcluster, before: before, after: nil)
        return VClusterChange(vcluster: vcluster, operation: operation)
    }

    /// Reads an operation by a statement that gives one row or none.
    func stored(_ statement: SQL) async throws -> StoredOperation? {
        guard let row = try await transaction.query(statement).first else { return nil }
        let steps = try await transaction.query(OperationQueries.steps(try row.decode("id")))
        return try StoredOperation(row: row, steps: steps.map { try OperationStep(row: $0) })
    }
}

/// Reasons beside those of `HostFailureReason`.
enum Reason {
    /// A person stopped the operation.
    static let cancelled = "Cancelled"
    /// The portal itself failed.
    static let internalError = "InternalError"
}
