import FoundationEssentials
import Postgres

/// What a worker writes about the operation it holds; every write finds the lease or throws `LeaseLost`.
struct OperationStore: Sendable {
    let database: ScopedDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let lease: OperationLease

    /// Another worker has the operation now; nothing that this one still knows counts.
    struct LeaseLost: Error {}

    /// A person wants the operation stopped.
    struct CancelRequested: Error {}

    /// Reads the operation and its vcluster.
    func load() async throws -> (stored: StoredOperation, vcluster: VCluster) {
        let rows = try await database.pipeline([
            OperationQueries.find(lease.operationID), OperationQueries.steps(lease.operationID),
        ])
        guard let row = rows[0].first else { throw LeaseLost() }
        let stored = try StoredOperation(row: row, steps: try rows[1].map { try OperationStep(row: $0) })
        guard let row = try await database.query(VClusterQueries.find(stored.operation.vclusterID)).first else {
            throw LeaseLost()
        }
        return (stored, try VCluster(row: row))
    }

    /// Renews the lease.
    ///
    /// - Returns: Whether a person wants the operation stopped.
    func heartbeat() async throws -> Bool {
        let expiry = time.now().advanced(by: limits.operations.lease)
        guard let row = try await database.query(OperationLeaseQueries.heartbeat(lease, until: expiry)).first else {
            throw LeaseLost()
        }
        return try row.decode("is_cancel_requested")
    }

    /// Notes the begin of the operation: the vcluster leaves `PENDING`.
    func begin(_ operation: Operation, _ vcluster: VCluster) async throws {
        try await write(locking: operation.vclusterID) { lifecycle, locked in
            try await lifecycle.transaction.execute(OperationLeaseQueries.begin(lease, at: lifecycle.now))
            guard var locked, locked.phase == .pending else { return }
            locked.phase = operation.verb.phase
            try await lifecycle.transaction.pipeline([
                VClusterQueries.save(locked, at: lifecycle.now),
                lifecycle.change(.vcluster, .modified, id: locked.id.uuid, of: locked),
            ])
        }
    }

    /// Ends one step and begins the next, together, so that a step boundary costs one transaction.
    func advance(
        _ operation: Operation,
        _ vcluster: VCluster,
        from done: OperationStep?,
        to next: OperationStep?,
        progress: Int
    ) async throws {
        try await write(locking: nil) { lifecycle, _ in
            var statements: [SQL] = []
            if let done {
                statements.append(
                    OperationLeaseQueries.endStep(
                        lease,
                        done.name,
                        state: .succeeded,
                        message: done.message,
                        at: lifecycle.now
                    )
                )
            }
            if let next {
                statements.append(OperationLeaseQueries.beginStep(lease, next.name, at: lifecycle.now))
            }
            statements.append(OperationLeaseQueries.progress(lease, progress, message: ""))
            statements.append(lifecycle.change(.operation, .modified, id: operation.id.uuid, of: vcluster))
            try await lifecycle.transaction.pipeline(statements)
        }
    }

    /// Tells what a running step waits for, and how far the operation is by it.
    func note(_ operation: Operation, _ vcluster: VCluster, step: String, message: String, progress: Int) async throws {
        try await write(locking: nil) { lifecycle, _ in
            try await lifecycle.transaction.pipeline([
                OperationLeaseQueries.note(lease, step: step, message: message),
                OperationLeaseQueries.progress(lease, progress, message: message),
                lifecycle.change(.operation, .modified, id: operation.id.uuid, of: vcluster),
            ])
        }
    }

    /// Hands the operation back, to run again at a time.
    func release(
        _ operation: Operation,
        _ vcluster: VCluster,
        runAt: Date,
        error: HostError?,
        message: String
    )
        async throws
    {
        try await write(locking: nil, noticingCancel: false) { lifecycle, _ in
            try await lifecycle.transaction.pipeline([
                OperationLeaseQueries.release(lease, runAt: runAt, reason: error?.reason.rawValue, message: message),
                lifecycle.change(.operation, .modified, id: operation.id.uuid, of: vcluster),
                // Another server may continue at once; one that retries later is found by the poll.
                OperationQueries.notify(operation.id),
            ])
        }
    }

    /// Runs writes in one transaction that holds the operation, and before it the vcluster when that is written too.
    ///
    /// - Parameters:
    ///   - vclusterID: The vcluster to lock; nil when only the operation is written.
    ///   - noticingCancel: Whether to stop here when a person wants it.
    ///   - body: Gets the locked vcluster, nil when it was not asked for or is gone.
    /// - Throws: `LeaseLost`, `CancelRequested`.
    func write(
        locking vclusterID: VClusterID?,
        noticingCancel: Bool = true,
        _ body: @escaping @Sendable (LifecycleTransaction, VCluster?) async throws -> Void
    ) async throws {
        let now = time.now()
        try await database.transaction { transaction in
            var vcluster: VCluster?
            if let vclusterID, let row = try await transaction.query(VClusterQueries.lock(vclusterID)).first {
                vcluster = try VCluster(row: row)
            }
            guard let row = try await transaction.query(OperationLeaseQueries.lock(lease)).first else {
                throw LeaseLost()
            }
            if noticingCancel, try row.decode("is_cancel_requested", as: Bool.self) { throw CancelRequested() }
            let lifecycle = LifecycleTransaction(
                transaction: transaction,
                caller: .system("operations"),
                now: now,
                limits: limits
            )
            try await body(lifecycle, vcluster)
        }
    }
}
