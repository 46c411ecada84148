import Postgres

/// The statements of lists over operations and their logs.
enum OperationListQueries {
    private static let columns: SQL = """
        p.id, p.tenant_id, p.vcluster_id, p.vcluster_name, p.verb, p.state, p.progress, p.attempt, p.reason, p.message,
        p.cancel_requested_at, p.retry_of, p.created_by, p.created_by_name, p.created_at, p.started_at, p.finished_at,
        p.deadline_at, p.run_at
        """

    /// A page, newest first: at most `limit` rows after `cursor`, without steps.
    ///
    /// A backward scan of the primary key, of `operations_by_vcluster`, or of `operations_by_tenant` once per tenant
    /// and cut at `limit`.
    static func list(_ filter: OperationFilter, scope: TenantScope, after cursor: OperationID?, limit: Int) -> SQL {
        let conditions = conditions(filter)
        let last = cursor ?? .last
        let page: SQL =
            switch scope {
            case .everything:
                """
                SELECT \(sql: columns)
                FROM operations AS p
                WHERE p.id < \(last) AND \(sql: conditions)
                ORDER BY p.id DESC
                LIMIT \(limit)
                """
            case .tenants(let tenants):
                """
                SELECT p.*
                FROM unnest(\(tenants)::uuid[]) AS scope (tenant_id)
                CROSS JOIN LATERAL (
                    SELECT \(sql: columns)
                    FROM operations AS p
                    WHERE \(sql: TenantScope.position(of: "p", before: last.uuid)) AND \(sql: conditions)
                    ORDER BY p.tenant_id DESC, p.id DESC
                    LIMIT \(limit)
                ) AS p
                ORDER BY p.id DESC
                LIMIT \(limit)
                """
            }
        return """
            SELECT \(sql: columns), t.path AS tenant_path
            FROM (\(sql: page)) AS p
            JOIN tenants AS t ON t.id = p.tenant_id
            ORDER BY p.id DESC
            """
    }

    /// The log of an operation in its order, at most `limit` lines after a sequence number; by the primary key.
    static func log(of id: OperationID, after sequence: Int, limit: Int) -> SQL {
        """
        SELECT sequence, at, step, line
        FROM operation_logs
        WHERE operation_id = \(id) AND sequence > \(sequence)
        ORDER BY sequence
        LIMIT \(limit)
        """
    }

    /// The newest lines of an operation's log, newest first, at most `limit`; backwards over the primary key.
    static func lastLines(of id: OperationID, limit: Int) -> SQL {
        """
        SELECT sequence, at, step, line
        FROM operation_logs
        WHERE operation_id = \(id)
        ORDER BY sequence DESC
        LIMIT \(limit)
        """
    }

    private static func conditions(_ filter: OperationFilter) -> SQL {
        var conditions: [SQL] = ["true"]
        if let vclusterID = filter.vclusterID { conditions.append("p.vcluster_id = \(vclusterID)") }
        if !filter.states.isEmpty { conditions.append("p.state = ANY (\(filter.states)::text[])") }
        if let verb = filter.verb { conditions.append("p.verb = \(verb)") }
        return conditions.joined(separator: " AND ")
    }
}
