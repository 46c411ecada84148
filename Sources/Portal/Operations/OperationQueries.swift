import FoundationEssentials
import JSON
public import Postgres

extension OperationVerb: PostgresCodable {}
extension OperationState: PostgresCodable {}
extension OperationState: PostgresArrayElement {}
extension OperationStep.State: PostgresCodable {}

/// The statements on `operations` and `operation_steps` for people's requests.
enum OperationQueries {
    static let columns: SQL = """
        o.id, o.tenant_id, t.path AS tenant_path, o.vcluster_id, o.vcluster_name, o.verb, o.state, o.progress,
        o.attempt, o.reason, o.message, o.cancel_requested_at, o.retry_of, o.created_by, o.created_by_name,
        o.created_at, o.started_at, o.finished_at, o.deadline_at, o.run_at, o.generation, o.parameters, o.lease_token,
        o.traceparent
        """

    /// One row or none, by the primary key; no lock.
    static func find(_ id: OperationID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM operations AS o
        JOIN tenants AS t ON t.id = o.tenant_id
        WHERE o.id = \(id)
        """
    }

    /// The same, and locks the row of the operation until the transaction ends; lock its vcluster before.
    static func lock(_ id: OperationID) -> SQL {
        find(id) + " FOR UPDATE OF o"
    }

    /// The last operation of a vcluster that failed or was cancelled, when none succeeded after it: one row or none.
    ///
    /// What was cancelled before it began is none: nobody wants a deletion carried out that they took back.
    /// Those on snapshots leave the vcluster as it is, so they are not looked at.
    static func lastUnfinishedWork(of vclusterID: VClusterID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM operations AS o
        JOIN tenants AS t ON t.id = o.tenant_id
        WHERE o.id = (
            SELECT id FROM operations
            WHERE vcluster_id = \(vclusterID) AND verb NOT IN ('undelete', 'snapshot', 'deleteSnapshot')
                AND NOT (state = 'cancelled' AND started_at IS NULL)
            ORDER BY id DESC
            LIMIT 1
        ) AND o.state IN ('failed', 'cancelled')
        """
    }

    /// The last operation of a vcluster with a verb that succeeded: one row or none.
    static func lastSucceeded(_ verb: OperationVerb, of vclusterID: VClusterID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM operations AS o
        JOIN tenants AS t ON t.id = o.tenant_id
        WHERE o.vcluster_id = \(vclusterID) AND o.verb = \(verb) AND o.state = 'succeeded'
        ORDER BY o.id DESC
        LIMIT 1
        """
    }

    /// The steps of an operation in their order.
    static func steps(_ id: OperationID) -> SQL {
        """
        SELECT name, weight, state, attempt, started_at, finished_at, message
        FROM operation_steps
        WHERE operation_id = \(id)
        ORDER BY position
        """
    }

    /// Inserts an operation; violates `operations_one_active_per_vcluster` when another one is on its way.
    static func insert(
        _ operation: Operation,
        generation: Int64,
        parameters: JSONValue,
        requestID: String?,
        traceparent: String?
    ) -> SQL {
        """
        INSERT INTO operations (
            id, tenant_id, vcluster_id, retry_of, created_by, generation, created_at, run_at, deadline_at, progress,
            verb, state, vcluster_name, created_by_name, request_id, traceparent, parameters
        ) VALUES (
            \(operation.id), \(operation.tenantID), \(operation.vclusterID), \(operation.retryOf),
            \(operation.createdBy), \(generation), \(operation.createdAt), \(operation.runAt),
            \(operation.deadlineAt), \(operation.progress), \(operation.verb), \(operation.state),
            \(operation.vclusterName), \(operation.createdByName), \(requestID), \(traceparent),
            \(parameters)
        )
        """
    }

    /// Inserts the steps of a new operation; those that are done already get its time.
    static func insertSteps(_ steps: [OperationStep], of id: OperationID, at now: Date) -> SQL {
        """
        INSERT INTO operation_steps (operation_id, position, name, weight, state, started_at, finished_at)
        SELECT \(id), s.position, s.name, s.weight, s.state,
            CASE s.state WHEN 'succeeded' THEN \(now)::timestamptz END,
            CASE s.state WHEN 'succeeded' THEN \(now)::timestamptz END
        FROM unnest(
            \(steps.map(\.name))::text[], \(steps.map(\.weight))::bigint[], \(steps.map(\.state.rawValue))::text[]
        ) WITH ORDINALITY AS s (name, weight, state, position)
        """
    }

    /// Ends an operation that no worker has begun or that waits for its next attempt; 0 rows when one has it now.
    static func cancelIdle(_ id: OperationID, message: String, at now: Date) -> SQL {
        """
        UPDATE operations SET
            state = 'cancelled',
            cancel_requested_at = \(now),
            finished_at = \(now),
            reason = 'Cancelled',
            message = \(message),
            lease_owner = NULL,
            lease_expires_at = NULL
        WHERE id = \(id) AND state IN ('pending', 'waiting')
        """
    }

    /// Takes an operation away from the worker that has claimed but not begun it, and ends it.
    static func cancelUnbegun(_ id: OperationID, message: String, at now: Date) -> SQL {
        """
        UPDATE operations SET
            state = 'cancelled',
            cancel_requested_at = \(now),
            finished_at = \(now),
            reason = 'Cancelled',
            message = \(message),
            lease_token = lease_token + 1,
            lease_owner = NULL,
            lease_expires_at = NULL
        WHERE id = \(id) AND state IN ('pending', 'running', 'waiting')
        """
    }

    /// Asks the worker of a running operation to stop; 0 rows when it is not running or was asked before.
    static func requestCancel(_ id: OperationID, at now: Date) -> SQL {
        """
        UPDATE operations SET cancel_requested_at = \(now)
        WHERE id = \(id) AND state = 'running' AND cancel_requested_at IS NULL
        """
    }

    /// Marks what was not reached of an operation that was cancelled.
    static func skipSteps(of id: OperationID, at now: Date) -> SQL {
        """
        UPDATE operation_steps SET state = 'skipped', finished_at = \(now)
        WHERE operation_id = \(id) AND state IN ('pending', 'running')
        """
    }

    /// Wakes a worker of any server when the transaction commits.
    static func notify(_ id: OperationID) -> SQL {
        "SELECT pg_notify('portal_operations', \(id.description))"
    }
}

extension Operation {
    /// Reads `OperationQueries.columns`; steps are read by themselves.
    init(row: PostgresRow, steps: [OperationStep] = []) throws {
        self.init(
            id: try row.decode("id"),
            tenantID: try row.decode("tenant_id"),
            tenantPath: try row.decode("tenant_path"),
            vclusterID: try row.decode("vcluster_id"),
            vclusterName: try row.decode("vcluster_name"),
            verb: try row.decode("verb"),
            state: try row.decode("state"),
            progress: try row.decode("progress"),
            steps: steps,
            attempt: try row.decode("attempt"),
            reason: try row.decode("reason"),
            message: try row.decode("message"),
            isCancelRequested: try row.decode("cancel_requested_at", as: Date?.self) != nil,
            retryOf: try row.decode("retry_of"),
            createdBy: try row.decode("created_by"),
            createdByName: try row.decode("created_by_name"),
            createdAt: try row.decode("created_at"),
            startedAt: try row.decode("started_at"),
            finishedAt: try row.decode("finished_at"),
            deadlineAt: try row.decode("deadline_at"),
            runAt: try row.decode("run_at")
        )
    }
}

extension OperationStep {
    /// Reads the columns of `OperationQueries.steps`.
    init(row: PostgresRow) throws {
        self.init(
            name: try row.decode("name"),
            weight: try row.decode("weight"),
            state: try row.decode("state"),
            attempt: try row.decode("attempt"),
            startedAt: try row.decode("started_at"),
            finishedAt: try row.decode("finished_at"),
            message: try row.decode("message")
        )
    }
}
