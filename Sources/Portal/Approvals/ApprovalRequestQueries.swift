import FoundationEssentials
import JSON
import Postgres

/// The SQL of requests and of what people say about them.
enum ApprovalRequestQueries {
    private static let columns: SQL = """
        r.id AS request_id, t.path AS tenant_path, t.name AS tenant_name, r.requester_id, u.name AS requester_name,
        r.token_id, r.vcluster_id, r.vcluster_name, r.verb, r.change, r.before, r.policy, r.step, r.state, r.growth,
        r.quota, r.held_until, r.operation_id, r.failure, r.created_at, r.updated_at, r.expires_at, r.ended_at, r.version
        """

    private static let tables: SQL = """
        approval_requests AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        JOIN users AS u ON u.id = r.requester_id
        """

    /// One request by primary key, with what it is to somebody: `is_asked`, and `is_party` for who filed it, is asked or
    /// has decided.
    static func byID(_ id: ApprovalRequestID, for userID: UserID?) -> SQL {
        """
        SELECT \(sql: columns), a.is_asked, (
            a.is_asked OR r.requester_id = \(userID) OR EXISTS (
                SELECT FROM approval_entries AS e
                WHERE e.request_id = r.id AND e.user_id = \(userID) AND e.kind IN ('approve', 'reject')
            )
        ) IS TRUE AS is_party
        FROM \(sql: tables)
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM approval_people(r.id) AS p WHERE p.user_id = \(userID)) AS is_asked
        ) AS a
        WHERE r.id = \(id)
        """
    }

    /// Locks one request until the end of the transaction: one row or none.
    ///
    /// A statement of its own: the one that reads it then sees what earlier holders of the lock have committed.
    static func lock(_ id: ApprovalRequestID) -> SQL {
        """
        SELECT id
        FROM approval_requests
        WHERE id = \(id)
        FOR UPDATE
        """
    }

    /// A page of requests, newest first.
    ///
    /// Indexes `approval_requests_by_tenant`, `approval_requests_by_requester` and, for what somebody is asked,
    /// `approval_requests_pending`.
    static func page(
        _ filter: ApprovalRequestFilter,
        _ scope: ApprovalRequestScope,
        before id: ApprovalRequestID?,
        rowsMax: Int
    ) -> SQL {
        var conditions: [SQL] = [condition(scope)]
        if let tenantID = filter.tenantID { conditions.append("t.path @> ARRAY[\(tenantID)]::uuid[]") }
        if !filter.states.isEmpty { conditions.append("r.state = ANY (\(filter.states.map(\.rawValue))::text[])") }
        if let vclusterID = filter.vclusterID { conditions.append("r.vcluster_id = \(vclusterID)") }
        if let id { conditions.append("r.id < \(id)") }
        return """
            SELECT \(sql: columns)
            FROM \(sql: tables)
            WHERE \(sql: conditions.joined(separator: " AND "))
            ORDER BY r.id DESC
            LIMIT \(rowsMax)
            """
    }

    /// One row: how many requests wait for somebody, at most `countMax`.
    static func countToDecide(_ scope: ApprovalRequestScope, countMax: Int) -> SQL {
        """
        SELECT count(*) AS requests
        FROM (
            SELECT
            FROM \(sql: tables)
            WHERE \(sql: condition(scope))
            LIMIT \(countMax)
        ) AS x
        """
    }

    private static func condition(_ scope: ApprovalRequestScope) -> SQL {
        switch scope {
        case .visible(let visibility):
            TenantQueries.isVisible(to: visibility)
        case .filed(by: let userID, inside: let tenantID):
            "r.requester_id = \(userID) AND \(sql: isInside(tenantID))"
        case .asked(let userID, roots: let roots, inside: let tenantID, at: let time):
            // The function decides; what stands before it only spares it requests that are nothing to the user.
            """
            r.state = 'pending' AND r.expires_at > \(time) AND r.requester_id <> \(userID)
                AND (t.path && \(roots)::uuid[] OR r.policy -> 'steps' -> r.step -> 'users' ? \(userID)::text)
                AND \(sql: isInside(tenantID))
                AND EXISTS (SELECT FROM approval_people(r.id) AS p WHERE p.user_id = \(userID))
            """
        }
    }

    private static func isInside(_ tenantID: TenantID?) -> SQL {
        guard let tenantID else { return "true" }
        return "t.path @> ARRAY[\(tenantID)]::uuid[]"
    }

    /// One row: how many requests of somebody wait.
    static func countPending(of userID: UserID) -> SQL {
        """
        SELECT count(*) AS requests
        FROM approval_requests
        WHERE requester_id = \(userID) AND state = 'pending'
        """
    }

    /// Files a request; violates `approval_requests_one_creation_waits` or `approval_requests_one_change_waits`.
    static func insert(_ request: NewApprovalRequest) -> SQL {
        let growth: JSONValue = [
            "amounts": .array(request.growth.builtIn.map(\.json)), "extended": request.growth.extendedJSON,
        ]
        return """
            INSERT INTO approval_requests (id, tenant_id, requester_id, token_id, vcluster_id, created_at, updated_at,
                expires_at, held_until, verb, vcluster_name, change, before, policy, growth, quota)
            VALUES (\(request.id), \(request.tenantID), \(request.requesterID), \(request.tokenID),
                \(request.vclusterID), \(request.createdAt), \(request.createdAt), \(request.expiresAt),
                \(request.heldUntil), \(request.change.verb), \(request.vclusterName), \(request.change.body),
                \(request.change.before), \(request.policy.json), \(growth), \(request.impact.stored))
            """
    }

    /// Goes on to the next step of a locked request.
    static func advance(_ id: ApprovalRequestID, to step: Int, at time: Date) -> SQL {
        """
        UPDATE approval_requests
        SET step = \(step), version = version + 1, updated_at = \(time)
        WHERE id = \(id) AND state = 'pending'
        """
    }

    /// Ends a locked request.
    static func end(
        _ id: ApprovalRequestID,
        _ state: ApprovalRequest.State,
        vclusterID: VClusterID? = nil,
        operationID: OperationID? = nil,
        failure: ApprovalRequest.Failure? = nil,
        at time: Date
    ) -> SQL {
        """
        UPDATE approval_requests
        SET state = \(state), ended_at = \(time), vcluster_id = coalesce(\(vclusterID), vcluster_id),
            operation_id = \(operationID), failure = \(failure?.stored), version = version + 1, updated_at = \(time)
        WHERE id = \(id) AND state = 'pending'
        """
    }

    /// Notes that something was said about a request.
    static func touch(_ id: ApprovalRequestID, at time: Date) -> SQL {
        """
        UPDATE approval_requests
        SET version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// The oldest request that has waited for too long: one row or none, locked; those of other servers are skipped.
    ///
    /// Index `approval_requests_to_expire`.
    static func expired(at time: Date) -> SQL {
        """
        SELECT id
        FROM approval_requests
        WHERE state = 'pending' AND expires_at <= \(time)
        ORDER BY expires_at, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
        """
    }

    /// One row: how many requests wait, at most `countMax`.
    static func countWaiting(countMax: Int) -> SQL {
        """
        SELECT count(*) AS requests
        FROM (SELECT FROM approval_requests WHERE state = 'pending' LIMIT \(countMax)) AS x
        """
    }
}

/// Which requests a list is about.
enum ApprovalRequestScope: Sendable {
    /// Those of tenants that somebody sees.
    case visible(Caller.Visibility)
    /// Those that somebody filed; inside of the tenant that their token is for.
    case filed(by: UserID, inside: TenantID?)
    /// Those whose present step asks somebody, who has roles at `roots`.
    case asked(UserID, roots: [TenantID], inside: TenantID?, at: Date)
}

/// A request that is about to be filed.
struct NewApprovalRequest: Sendable {
    var id: ApprovalRequestID
    var tenantID: TenantID
    var requesterID: UserID
    var tokenID: TokenID?
    var vclusterID: VClusterID?
    var vclusterName: String
    var change: WaitingChange
    var policy: ApprovalRequest.Policy
    var growth: QuotaAmounts
    var impact: QuotaImpact
    var heldUntil: Date?
    var createdAt: Date
    var expiresAt: Date
}
