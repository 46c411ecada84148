import FoundationEssentials
import JSON
import Postgres

/// The right of one worker to write about one operation; every statement of a worker is fenced by it.
struct OperationLease: Sendable, Hashable {
    let operationID: OperationID
    /// The process that holds it.
    let owner: String
    /// Grows with every claim, so an older holder matches nothing any more.
    let token: Int64
}

/// The statements of the workers.
///
/// Each write names lease owner and token, and writes nothing once they have changed.
enum OperationLeaseQueries {
    /// Claims operations that are due, oldest first, at most `limit`: one row (`id`, `lease_token`) each.
    ///
    /// Rows that another worker is claiming are skipped, not waited for. Index: `operations_due`.
    static func claimDue(owner: String, at now: Date, until expiry: Date, limit: Int) -> SQL {
        claim(
            "state IN ('pending', 'waiting') AND run_at <= \(now)",
            order: "run_at, id",
            owner: owner,
            until: expiry,
            limit: limit
        )
    }

    /// Takes over operations whose worker has stopped to renew its lease; otherwise as `claimDue`.
    ///
    /// Index: `operations_leased`.
    static func claimExpired(owner: String, at now: Date, until expiry: Date, limit: Int) -> SQL {
        claim(
            "state = 'running' AND lease_expires_at < \(now)",
            order: "lease_expires_at, id",
            owner: owner,
            until: expiry,
            limit: limit
        )
    }

    private static func claim(_ condition: SQL, order: SQL, owner: String, until expiry: Date, limit: Int) -> SQL {
        """
        UPDATE operations AS o SET
            state = 'running',
            attempt = o.attempt + 1,
            lease_owner = \(owner),
            lease_token = o.lease_token + 1,
            lease_expires_at = \(expiry)
        FROM (
            SELECT id FROM operations
            WHERE \(sql: condition)
            ORDER BY \(sql: order)
            LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE o.id = due.id
        RETURNING o.id, o.lease_token
        """
    }

    /// Renews a lease: one row (`is_cancel_requested`), or none when it is lost.
    static func heartbeat(_ lease: OperationLease, until expiry: Date) -> SQL {
        """
        UPDATE operations SET lease_expires_at = \(expiry)
        WHERE \(sql: held(lease))
        RETURNING cancel_requested_at IS NOT NULL AS is_cancel_requested
        """
    }

    /// Locks the operation for the writes of its worker: one row (`is_cancel_requested`), or none when the lease is
    /// lost.
    static func lock(_ lease: OperationLease) -> SQL {
        """
        SELECT cancel_requested_at IS NOT NULL AS is_cancel_requested
        FROM operations
        WHERE \(sql: held(lease))
        FOR UPDATE
        """
    }

    /// Notes when the first step begins.
    static func begin(_ lease: OperationLease, at now: Date) -> SQL {
        """
        UPDATE operations SET started_at = coalesce(started_at, \(now)), reason = NULL, message = ''
        WHERE \(sql: held(lease))
        """
    }

    /// Moves the progress, which never falls, and tells what is going on.
    static func progress(_ lease: OperationLease, _ progress: Int, message: String) -> SQL {
        """
        UPDATE operations SET progress = greatest(progress, \(progress)), message = \(message)
        WHERE \(sql: held(lease))
        """
    }

    /// Begins a step, again perhaps.
    static func beginStep(_ lease: OperationLease, _ name: String, at now: Date) -> SQL {
        """
        UPDATE operation_steps SET
            state = 'running',
            attempt = attempt + 1,
            started_at = coalesce(started_at, \(now)),
            message = ''
        WHERE operation_id = \(lease.operationID) AND name = \(name) AND \(sql: isHeld(lease))
        """
    }

    /// Tells what a running step waits for.
    static func note(_ lease: OperationLease, step name: String, message: String) -> SQL {
        """
        UPDATE operation_steps SET message = \(message)
        WHERE operation_id = \(lease.operationID) AND name = \(name) AND \(sql: isHeld(lease))
        """
    }

    /// Ends a step.
    static func endStep(
        _ lease: OperationLease,
        _ name: String,
        state: OperationStep.State,
        message: String,
        at now: Date
    ) -> SQL {
        """
        UPDATE operation_steps SET state = \(state), finished_at = \(now), message = \(message)
        WHERE operation_id = \(lease.operationID) AND name = \(name) AND \(sql: isHeld(lease))
        """
    }

    /// Ends the operation in a final state.
    static func end(
        _ lease: OperationLease,
        state: OperationState,
        reason: String?,
        message: String,
        at now: Date
    ) -> SQL {
        """
        UPDATE operations SET
            state = \(state),
            progress = CASE WHEN \(state) = 'succeeded' THEN 100 ELSE progress END,
            reason = \(reason),
            message = \(message),
            finished_at = \(now),
            lease_owner = NULL,
            lease_expires_at = NULL
        WHERE \(sql: held(lease))
        """
    }

    /// Gives the operation back, to be run at a later time or at once by somebody else.
    static func release(_ lease: OperationLease, runAt: Date, reason: String?, message: String) -> SQL {
        """
        UPDATE operations SET
            state = 'waiting',
            run_at = \(runAt),
            reason = \(reason),
            message = \(message),
            lease_owner = NULL,
            lease_expires_at = NULL
        WHERE \(sql: held(lease))
        """
    }

    /// Appends lines to the log, up to the limit of one operation; none when the lease is lost.
    static func log(_ lease: OperationLease, step: String, lines: [String], linesMax: Int, at now: Date) -> SQL {
        """
        INSERT INTO operation_logs (operation_id, sequence, at, step, line)
        SELECT \(lease.operationID), last.sequence + lines.position, \(now), \(step), lines.line
        FROM unnest(\(lines)::text[]) WITH ORDINALITY AS lines (line, position)
        CROSS JOIN (
            SELECT coalesce(max(sequence), 0) AS sequence
            FROM operation_logs
            WHERE operation_id = \(lease.operationID)
        ) AS last
        WHERE last.sequence + lines.position <= \(linesMax) AND \(sql: isHeld(lease))
        """
    }

    /// Removes old lines of logs, at most `limit`.
    static func sweepLogs(before time: Date, limit: Int) -> SQL {
        """
        DELETE FROM operation_logs AS l USING (
            SELECT operation_id, sequence FROM operation_logs WHERE at < \(time)
            ORDER BY at LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        ) AS old
        WHERE l.operation_id = old.operation_id AND l.sequence = old.sequence
        """
    }

    private static func held(_ lease: OperationLease) -> SQL {
        """
        id = \(lease.operationID) AND state = 'running'
            AND lease_owner = \(lease.owner) AND lease_token = \(lease.token)
        """
    }

    private static func isHeld(_ lease: OperationLease) -> SQL {
        "EXISTS (SELECT FROM operations WHERE \(sql: held(lease)))"
    }
}
