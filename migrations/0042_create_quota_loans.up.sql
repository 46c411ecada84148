-- A part of a tenant's limits that a sibling has until a date.
--
-- A loan counts until it is taken back: by the first who changes quotas after its end, whoever that is (see quota_lock), or
-- early by people. The sweeper records afterwards what happened at its end, for the audit log.
CREATE TABLE quota_loans (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    borrower_id uuid NOT NULL REFERENCES tenants (id),
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    returned_at timestamptz,
    counts boolean NOT NULL DEFAULT true,
    reason text NOT NULL,
    CONSTRAINT quota_loans_are_between_two CHECK (tenant_id <> borrower_id),
    CONSTRAINT quota_loans_end_after_they_begin CHECK (ends_at > created_at),
    CONSTRAINT quota_loans_returned_do_not_count CHECK (returned_at IS NULL OR NOT counts)
);

CREATE INDEX quota_loans_by_lender ON quota_loans (tenant_id, id);
CREATE INDEX quota_loans_by_borrower ON quota_loans (borrower_id, id);
CREATE INDEX quota_loans_due ON quota_loans (ends_at, id) WHERE counts;
CREATE INDEX quota_loans_to_record ON quota_loans (ends_at, id) WHERE NOT counts AND returned_at IS NULL;

CREATE TABLE quota_loan_amounts (
    loan_id uuid NOT NULL REFERENCES quota_loans (id) ON DELETE CASCADE,
    amount bigint NOT NULL,
    dimension text NOT NULL,
    PRIMARY KEY (loan_id, dimension),
    CONSTRAINT quota_loan_amounts_are_something CHECK (amount > 0)
);

-- Both sides see a loan.
ALTER TABLE quota_loans ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_loans FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON quota_loans
    USING (
        (SELECT portal_sees_all())
        OR (SELECT true FROM tenants AS lender WHERE lender.id = quota_loans.tenant_id)
        OR (SELECT true FROM tenants AS borrower WHERE borrower.id = quota_loans.borrower_id)
    )
    WITH CHECK (
        (SELECT portal_sees_all())
        OR (SELECT true FROM tenants AS lender WHERE lender.id = quota_loans.tenant_id)
        OR (SELECT true FROM tenants AS borrower WHERE borrower.id = quota_loans.borrower_id)
    );
SELECT portal_protect('quota_loan_amounts', 'loan_id', 'quota_loans');

-- What tenants have lent and borrowed now, one row a tenant and dimension.
CREATE VIEW quota_loan_balances WITH (security_invoker = true) AS
SELECT side.tenant_id, a.dimension, sum(a.amount * side.lent)::bigint AS lent,
    sum(a.amount * (1 - side.lent))::bigint AS borrowed, min(l.ends_at) AS first_end
FROM quota_loans AS l
JOIN quota_loan_amounts AS a ON a.loan_id = l.id
CROSS JOIN LATERAL (VALUES (l.tenant_id, 1), (l.borrower_id, 0)) AS side (tenant_id, lent)
WHERE l.counts
GROUP BY side.tenant_id, a.dimension;

CREATE OR REPLACE VIEW quota_effective_limits WITH (security_invoker = true) AS
SELECT l.tenant_id, l.dimension,
    -- Where there is no limit there is nothing to lend or to borrow.
    CASE WHEN l.amount IS NOT NULL THEN greatest(l.amount + loans.borrowed - loans.lent, 0) END AS amount,
    l.user_cap, l.overcommit
FROM quota_limits AS l
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(a.amount) FILTER (WHERE o.tenant_id = l.tenant_id), 0)::bigint AS lent,
        coalesce(sum(a.amount) FILTER (WHERE o.borrower_id = l.tenant_id), 0)::bigint AS borrowed
    FROM quota_loans AS o
    JOIN quota_loan_amounts AS a ON a.loan_id = o.id AND a.dimension = l.dimension
    WHERE o.counts AND (o.tenant_id = l.tenant_id OR o.borrower_id = l.tenant_id)
) AS loans;

-- Takes back the loans that have ended; the caller holds the lock of all quotas.
CREATE FUNCTION quota_take_back(now_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    WITH ended AS (
        UPDATE quota_loans SET counts = false WHERE counts AND ends_at <= now_at RETURNING tenant_id, borrower_id
    )
    SELECT array_agg(DISTINCT side.id) INTO touched
    FROM ended
    CROSS JOIN LATERAL (VALUES (ended.tenant_id), (ended.borrower_id)) AS side (id);
    -- A statement of its own, because it has to see what the one before has written.
    PERFORM quota_refresh(tenant.id) FROM unnest(touched) AS tenant (id);
END;
$$;

-- Takes the lock of all quotas until the end of the transaction, and takes back what was lent until now: nothing is ever
-- admitted on a loan that has ended, however late the sweeper is.
CREATE OR REPLACE FUNCTION quota_lock(now_at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7163, 1);
    IF EXISTS (SELECT FROM quota_loans WHERE counts AND ends_at <= now_at) THEN
        PERFORM quota_take_back(now_at);
    END IF;
END;
$$;
