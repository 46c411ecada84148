import CLibPQ

/// One run of the body of a transaction, from BEGIN to COMMIT or ROLLBACK.
enum TransactionRun {
    /// How a run ended.
    enum Outcome<R: Sendable>: Sendable {
        case committed(R)
        /// Rolled back, or, when the COMMIT's answer was lost, nobody knows. `mayRetry` is about running again.
        case failed(any Error, mayRetry: Bool)
    }

    /// Runs `body` on a connection that is in no transaction; must be on its loop.
    ///
    /// Afterwards it is in none again, or broken.
    static func run<R: Sendable>(
        on connection: ServerConnection,
        isolation: PostgresIsolation,
        readOnly: Bool,
        demand: SettingDemand,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async -> Outcome<R> {
        connection.pendingBegin = isolation.begin(readOnly: readOnly)
        let lease = ConnectionLease(connection)
        do {
            let result = try await body(PostgresTransaction(lease: lease, demand: demand))
            try Task.checkCancellation()
            let commitFailure = await commit(connection, lease, readOnly: readOnly)
            guard let commitFailure else { return .committed(result) }
            return .failed(commitFailure.error, mayRetry: commitFailure.mayRetry)
        } catch {
            await lease.end { await connection.rollBack() }
            if error is CancellationError { return .failed(error, mayRetry: false) }
            let cause = lease.firstFailure ?? error as? PostgresError
            // Without a COMMIT the server has rolled everything back, in whatever way the connection was lost.
            let mayRetry = cause.map { $0.kind == .connection || mayRunAgain($0) } ?? false
            guard var failure = error as? PostgresError else { return .failed(error, mayRetry: mayRetry) }
            failure.outcome = .notExecuted
            return .failed(failure, mayRetry: mayRetry)
        }
    }

    private struct CommitFailure: Sendable {
        let error: any Error
        let mayRetry: Bool
    }

    /// Commits, not to be cancelled any more: whoever asks for a COMMIT has to learn whether it happened.
    private static func commit(
        _ connection: ServerConnection,
        _ lease: ConnectionLease,
        readOnly: Bool
    ) async -> CommitFailure? {
        let outcome = CommitOutcome()
        await lease.end {
            if connection.pendingBegin != nil {
                connection.pendingBegin = nil
                return
            }
            do {
                let tag = try await connection.exchange(["COMMIT"], demand: .any).first?.commandTag
                // The server answers COMMIT of a failed transaction with ROLLBACK, not with an error.
                guard tag == "ROLLBACK" else { return connection.setting.committed() }
                connection.setting.rolledBack()
                let cause = lease.firstFailure ?? PostgresError(.server, "the transaction had failed")
                outcome.failure = CommitFailure(error: cause, mayRetry: mayRunAgain(cause))
            } catch {
                connection.setting.rolledBack()
                let isSafe = (error as? PostgresError).map(mayRunAgain) ?? false
                let isLost = (error as? PostgresError)?.kind == .connection
                outcome.failure = CommitFailure(error: error, mayRetry: isSafe || (isLost && readOnly))
            }
        }
        return outcome.failure
    }

    /// Carries the failure out of the task that commits; written before that task ends, read after it.
    private final class CommitOutcome: @unchecked Sendable {
        var failure: CommitFailure?
    }

    /// Whether the transaction is certain to have been rolled back, for a reason that may be gone the next time.
    private static func mayRunAgain(_ error: PostgresError) -> Bool {
        switch error.kind {
        case .server:
            switch error.sqlState {
            case .serializationFailure, .deadlockDetected, .invalidStatementName: true
            default: error.isStalePlan
            }
        case .connection: error.outcome == .notExecuted
        default: false
        }
    }
}

extension PostgresError {
    /// The table changed under a prepared statement that was used inside a transaction.
    fileprivate var isStalePlan: Bool {
        sqlState == .featureNotSupported && message.contains("cached plan")
    }
}
