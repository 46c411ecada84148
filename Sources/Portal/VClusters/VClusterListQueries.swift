import FoundationEssentials
import JSON
import Postgres

/// Which rows of a list a caller can see, as the tenants to look through.
enum TenantScope: Sendable, Hashable {
    /// Every tenant: no predicate is needed.
    case everything
    /// These tenants; no order, may be empty.
    case tenants([TenantID])
}

extension TenantScope {
    /// The rows of one tenant (`scope.tenant_id`) before an id, for a list that is ordered by tenant and id.
    ///
    /// Written as a range, not as an equality: with one, the planner counts on finding enough rows by walking the ids
    /// of all tenants, and walks the whole table for a tenant that has none.
    static func position(of table: SQL, before last: UUID) -> SQL {
        """
        \(sql: table).tenant_id >= scope.tenant_id
            AND (\(sql: table).tenant_id, \(sql: table).id) < (scope.tenant_id, \(last))
        """
    }
}

extension TypedID {
    /// Greater than every id that is ever made: where a list begins that is read backwards.
    static var last: TypedID {
        TypedID(UUID(uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)))
    }
}

/// The statements of lists and counts over `vclusters`.
enum VClusterListQueries {
    private static let columns: SQL = """
        w.id, w.tenant_id, w.host_id, w.name, w.phase, w.reason, w.message, w.labels, w.environment, w.replicas,
        w.kubernetes_version, w.expires_at, w.purge_at, w.created_at, w.updated_at, w.active_operation_id, w.version
        """

    private static let joinedColumns: SQL = """
        t.name AS tenant_name, h.name AS host_name, h.driver = 'simulated' AS is_simulated,
        o.verb AS active_verb, o.progress AS active_progress
        """

    private static let joins: SQL = """
        JOIN tenants AS t ON t.id = w.tenant_id
        JOIN hosts AS h ON h.id = w.host_id
        LEFT JOIN operations AS o ON o.id = w.active_operation_id
        """

    /// A page, newest first: at most `limit` rows after `cursor`.
    ///
    /// Everything: one backward scan of `vclusters_live`. Some tenants: one backward scan of
    /// `vclusters_live_by_tenant` each, cut at `limit`, then merged; so the time depends on the page, not on the
    /// table. Names of tenant and host and the active operation are joined after the cut.
    static func list(_ filter: VClusterFilter, scope: TenantScope, after cursor: VClusterID?, limit: Int) -> SQL {
        let conditions = conditions(filter)
        let last = cursor ?? .last
        let page: SQL =
            switch scope {
            case .everything:
                """
                SELECT \(sql: columns)
                FROM vclusters AS w
                WHERE w.id < \(last) AND \(sql: conditions)
                ORDER BY w.id DESC
                LIMIT \(limit)
                """
            case .tenants(let tenants):
                """
                SELECT w.*
                FROM unnest(\(tenants)::uuid[]) AS scope (tenant_id)
                CROSS JOIN LATERAL (
                    SELECT \(sql: columns)
                    FROM vclusters AS w
                    WHERE \(sql: TenantScope.position(of: "w", before: last.uuid)) AND \(sql: conditions)
                    ORDER BY w.tenant_id DESC, w.id DESC
                    LIMIT \(limit)
                ) AS w
                ORDER BY w.id DESC
                LIMIT \(limit)
                """
            }
        return """
            SELECT \(sql: columns), \(sql: joinedColumns)
            FROM (\(sql: page)) AS w
            \(sql: joins)
            ORDER BY w.id DESC
            """
    }

    /// One row or none, as `list` has it, with the path of its tenant; by the primary key.
    static func summary(_ id: VClusterID) -> SQL {
        """
        SELECT \(sql: columns), \(sql: joinedColumns), t.path AS tenant_path
        FROM vclusters AS w
        \(sql: joins)
        WHERE w.id = \(id) AND w.purged_at IS NULL
        """
    }

    /// One row (`phase`, `count`) per phase that occurs; an index-only scan of `vclusters_live_by_phase`.
    static func counts(scope: TenantScope) -> SQL {
        let tenants: SQL =
            switch scope {
            case .everything: ""
            case .tenants(let tenants): "AND tenant_id = ANY (\(tenants)::uuid[])"
            }
        return """
            SELECT phase, count(*) AS count
            FROM vclusters
            WHERE purged_at IS NULL \(sql: tenants)
            GROUP BY phase
            ORDER BY phase
            """
    }

    /// The ids of the tenants in some subtrees, at most `limit`; indexes `tenants_by_level_…`.
    static func tenants(below roots: [TenantID], limit: Int) -> SQL {
        """
        SELECT id FROM tenants
        WHERE \(sql: SubtreeQueries.lies("path", in: roots))
        ORDER BY id
        LIMIT \(limit)
        """
    }

    private static func conditions(_ filter: VClusterFilter) -> SQL {
        var conditions: [SQL] = ["w.purged_at IS NULL"]
        if filter.phases.count == 1, let phase = filter.phases.first {
            conditions.append("w.phase = \(phase)")
        } else if !filter.phases.isEmpty {
            conditions.append("w.phase = ANY (\(filter.phases)::text[])")
        }
        if let hostID = filter.hostID { conditions.append("w.host_id = \(hostID)") }
        if let environment = filter.environment { conditions.append("w.environment = \(environment)") }
        if !filter.labels.isEmpty { conditions.append("w.labels @> \(JSONValue(strings: filter.labels))") }
        if let query = filter.query, !query.isEmpty {
            // Names are lower-case, so folding the text that is looked for is enough.
            conditions.append("strpos(w.name, \(query.lowercased())) > 0")
        }
        return conditions.joined(separator: " AND ")
    }
}
