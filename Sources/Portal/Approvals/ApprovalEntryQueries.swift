import FoundationEssentials
import JSON
import Postgres

/// The SQL of what people say and decide about requests, and of those who may.
enum ApprovalEntryQueries {
    /// What was said about a request, newest first; index `approval_entries_by_request`.
    static func entries(of id: ApprovalRequestID, rowsMax: Int) -> SQL {
        """
        SELECT e.id AS entry_id, e.kind, e.user_id, u.name AS user_name, e.created_at, e.step, e.comment, e.quota
        FROM approval_entries AS e
        JOIN users AS u ON u.id = e.user_id
        WHERE e.request_id = \(id)
        ORDER BY e.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// One row: how many comments a request has.
    static func countComments(of id: ApprovalRequestID) -> SQL {
        """
        SELECT count(*) AS comments
        FROM approval_entries
        WHERE request_id = \(id) AND kind = 'comment'
        """
    }

    /// One row: how many have agreed at a step.
    static func countApprovals(of id: ApprovalRequestID, step: Int) -> SQL {
        """
        SELECT count(*) AS approvals
        FROM approval_entries
        WHERE request_id = \(id) AND step = \(step) AND kind = 'approve'
        """
    }

    /// Adds an entry; violates `approval_entries_one_decision_a_person`.
    static func insert(
        _ kind: ApprovalEntry.Kind,
        _ comment: String,
        by userID: UserID,
        on request: ApprovalRequest,
        impact: QuotaImpact?,
        at time: Date
    ) -> SQL {
        """
        INSERT INTO approval_entries (id, request_id, user_id, created_at, step, kind, comment, quota)
        VALUES (\(ApprovalEntryID()), \(request.id), \(userID), \(time), \(request.step), \(kind), \(comment),
            \(impact?.stored))
        """
    }

    /// Who can decide the present step, nearest first.
    static func people(_ id: ApprovalRequestID, rowsMax: Int) -> SQL {
        """
        SELECT p.user_id, p.name
        FROM approval_people(\(id)) AS p
        ORDER BY p.depth DESC, p.name, p.user_id
        LIMIT \(rowsMax)
        """
    }

    /// A requester with one row per role; none when they may not sign in any more.
    static func requester(_ id: UserID, bindingsMax: Int) -> SQL {
        """
        SELECT \(sql: UserQueries.columns), \(sql: CallerQueries.bindingColumns)
        FROM users AS u
        \(sql: CallerQueries.bindingsOfUser)
        WHERE u.id = \(id) AND u.disabled_at IS NULL
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(bindingsMax)
        """
    }

    /// The same with what is left of their token; none when that has ended or was revoked, too.
    static func requester(token id: TokenID, at time: Date, bindingsMax: Int) -> SQL {
        """
        SELECT \(sql: CallerQueries.scopeColumns), \(sql: UserQueries.columns), \(sql: CallerQueries.bindingColumns)
        FROM api_tokens AS k
        JOIN users AS u ON u.id = k.user_id
        LEFT JOIN tenants AS scope ON scope.id = k.scope_tenant_id
        \(sql: CallerQueries.bindingsOfToken)
        WHERE k.id = \(id) AND k.expires_at > \(time) AND k.revoked_at IS NULL AND u.disabled_at IS NULL
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(bindingsMax)
        """
    }
}
