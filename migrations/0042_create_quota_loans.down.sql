-- The limits of both sides of a loan are copied back below.
SELECT set_config('portal.scope', '*', true);

CREATE OR REPLACE FUNCTION quota_lock(now_at timestamptz) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(7163, 1)
$$;

DROP FUNCTION quota_take_back(timestamptz);

CREATE OR REPLACE VIEW quota_effective_limits WITH (security_invoker = true) AS
SELECT tenant_id, dimension, amount, user_cap, overcommit
FROM quota_limits;

SELECT quota_refresh(side.id)
FROM quota_loans AS l
CROSS JOIN LATERAL (VALUES (l.tenant_id), (l.borrower_id)) AS side (id)
WHERE l.counts;

DROP VIEW quota_loan_balances;
DROP TABLE quota_loan_amounts;
DROP TABLE quota_loans;
