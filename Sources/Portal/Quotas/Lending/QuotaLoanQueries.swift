import FoundationEssentials
import JSON
import Postgres

/// The SQL of loans; writers hold the lock of all quotas.
enum QuotaLoanQueries {
    private static let columns: SQL = """
        o.id AS loan_id, o.tenant_id, lender.name AS lender_name, o.borrower_id, borrower.name AS borrower_name, o.reason,
        o.created_at, o.ends_at, o.returned_at, o.counts,
        (
            SELECT jsonb_object_agg(a.dimension, a.amount) FROM quota_loan_amounts AS a WHERE a.loan_id = o.id
        ) AS amounts
        """

    /// Names are those that the statement's scope sees.
    private static let tables: SQL = """
        quota_loans AS o
        LEFT JOIN tenants AS lender ON lender.id = o.tenant_id
        LEFT JOIN tenants AS borrower ON borrower.id = o.borrower_id
        """

    /// Adds a loan and its amounts.
    static func insert(_ loan: QuotaLoan, createdBy: UserID?) -> [SQL] {
        let head: SQL = """
            INSERT INTO quota_loans (id, tenant_id, borrower_id, created_by, created_at, ends_at, reason)
            VALUES (\(loan.id), \(loan.lenderID), \(loan.borrowerID), \(createdBy), \(loan.createdAt), \(loan.endsAt),
                \(loan.reason))
            """
        return [head]
            + loan.amounts.dimensions.map { dimension in
                """
                INSERT INTO quota_loan_amounts (loan_id, dimension, amount)
                VALUES (\(loan.id), \(dimension.name), \(loan.amounts[dimension]))
                """
            }
    }

    /// One loan by primary key.
    static func byID(_ id: QuotaLoanID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE o.id = \(id)
        """
    }

    /// The loans of a tenant on either side, newest first; indexes `quota_loans_by_lender`, `quota_loans_by_borrower`.
    static func page(of tenantID: TenantID, before id: QuotaLoanID?, rowsMax: Int) -> SQL {
        let older: SQL = id.map { "AND o.id < \($0)" } ?? ""
        return """
            SELECT \(sql: columns)
            FROM \(sql: tables)
            WHERE (o.tenant_id = \(tenantID) OR o.borrower_id = \(tenantID)) \(sql: older)
            ORDER BY o.id DESC
            LIMIT \(rowsMax)
            """
    }

    /// How many loans of a tenant count now, on either side: `count`.
    static func openCount(of tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS count
        FROM quota_loans
        WHERE counts AND (tenant_id = \(tenantID) OR borrower_id = \(tenantID))
        """
    }

    /// What a tenant has lent and borrowed now: `dimension`, `lent`, `borrowed`, `first_end`.
    static func balance(of tenantID: TenantID) -> SQL {
        """
        SELECT dimension, lent, borrowed, first_end
        FROM quota_loan_balances
        WHERE tenant_id = \(tenantID)
        ORDER BY dimension
        LIMIT \(PortalLimits.Quotas.dimensionsMax)
        """
    }

    /// Ends a loan that counts: `loan_id`, or no row when it had ended.
    static func end(_ id: QuotaLoanID, at now: Date) -> SQL {
        """
        UPDATE quota_loans SET counts = false, returned_at = \(now)
        WHERE id = \(id) AND counts
        RETURNING id AS loan_id
        """
    }

    /// Whether a loan has ended and still counts; index `quota_loans_due`.
    static func due(at now: Date) -> SQL {
        "SELECT id FROM quota_loans WHERE counts AND ends_at <= \(now) ORDER BY ends_at, id LIMIT 1"
    }

    /// Records the end of the loan that was taken back longest ago: `loan_id`, or no row.
    ///
    /// Skips what another server has locked. Index `quota_loans_to_record`.
    static func recordOne() -> SQL {
        """
        UPDATE quota_loans SET returned_at = ends_at
        WHERE id = (
            SELECT id FROM quota_loans
            WHERE NOT counts AND returned_at IS NULL
            ORDER BY ends_at, id
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id AS loan_id
        """
    }
}

extension QuotaLoan {
    /// Reads the columns of `QuotaLoanQueries`.
    init(row: PostgresRow) throws {
        var amounts = QuotaAmounts()
        for (name, amount) in try row.decode("amounts", as: JSONValue?.self)?.object ?? [:] {
            guard let dimension = QuotaDimension(name: name) else { continue }
            amounts[dimension] = amount.int ?? 0
        }
        self.init(
            id: try row.decode("loan_id"),
            lenderID: try row.decode("tenant_id"),
            lenderName: try row.decode("lender_name"),
            borrowerID: try row.decode("borrower_id"),
            borrowerName: try row.decode("borrower_name"),
            amounts: amounts,
            reason: try row.decode("reason"),
            createdAt: try row.decode("created_at"),
            endsAt: try row.decode("ends_at"),
            returnedAt: try row.decode("returned_at"),
            counts: try row.decode("counts")
        )
    }
}
