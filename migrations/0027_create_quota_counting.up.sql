-- The admission of reservations: one round trip, whatever the depth of the tree.
--
-- All changes of counters, limits and places in the tree take one lock, see quota_lock, before they read or write any
-- of them, and hold it until they have committed. So no two can wait for each other in a circle, and none decides on
-- what another is about to change. It is taken as late as possible.
--
-- READ COMMITTED: a statement that waited for a row gets the newest version of that row only; rows that it joins come
-- from the snapshot that it began with. So the lock is a statement of its own: each statement after it begins with a
-- snapshot that has everything that earlier holders of the lock have committed.

-- The dimensions of the arrays, in their order.
CREATE FUNCTION quota_dimensions() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['vclusters', 'cpu', 'memory', 'storage', 'gpus', 'pods', 'snapshotStorage']
$$;

-- Takes the lock of all quotas until the end of the transaction.
--
-- An advisory lock and not the row of the root: waiters are served in turn, without a version of the row each.
CREATE FUNCTION quota_lock() RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(7163, 1)
$$;

-- How far reservations may go under a limit: amount × overcommit, rounded down.
CREATE FUNCTION quota_bound(amount bigint, overcommit integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN overcommit = 1000 THEN amount
        ELSE least(div(amount::numeric * overcommit, 1000), 9223372036854775807)::bigint
    END
$$;

-- The sum of two rows of amounts, dimension by dimension.
CREATE FUNCTION quota_sum(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6], a[7] + b[7]]
$$;

-- The limits that count: what admissions, previews and pages read.
CREATE VIEW quota_effective_limits WITH (security_invoker = true) AS
SELECT tenant_id, dimension, amount, user_cap, overcommit
FROM quota_limits;

-- The counters of a tenant, one row a dimension that has any.
CREATE VIEW quota_usage WITH (security_invoker = true) AS
SELECT c.tenant_id, d.dimension, d.used, d.guaranteed, d.batch, d.held
FROM quota_counters AS c
CROSS JOIN LATERAL unnest(quota_dimensions(), c.used, c.guaranteed, c.batch, c.held)
    AS d (dimension, used, guaranteed, batch, held)
UNION ALL
SELECT e.tenant_id, e.dimension, e.used, e.guaranteed, e.batch, e.held
FROM quota_extended_counters AS e;

-- Copies the limits of a tenant into its counters; the caller holds the lock of the tree.
CREATE FUNCTION quota_refresh(tenant uuid) RETURNS void LANGUAGE sql AS $$
    UPDATE quota_counters AS c SET
        limits = e.limits,
        bounds = e.bounds,
        has_rules = e.has_caps OR EXISTS (SELECT FROM tenant_quotas AS q WHERE q.tenant_id = tenant AND q.is_strict)
    FROM (
        SELECT array_agg(coalesce(l.amount, 9223372036854775807) ORDER BY d.position) AS limits,
            array_agg(
                coalesce(quota_bound(l.amount, l.overcommit), 9223372036854775807) ORDER BY d.position
            ) AS bounds,
            EXISTS (
                SELECT FROM quota_effective_limits AS u WHERE u.tenant_id = tenant AND u.user_cap IS NOT NULL
            ) AS has_caps
        FROM unnest(quota_dimensions()) WITH ORDINALITY AS d (dimension, position)
        LEFT JOIN quota_effective_limits AS l ON l.tenant_id = tenant AND l.dimension = d.dimension
    ) AS e
    WHERE c.tenant_id = tenant
$$;

-- Whether every dimension that grows is within its bound.
CREATE FUNCTION quota_fits(after bigint[], bounds bigint[], delta bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (delta[1] <= 0 OR after[1] <= bounds[1]) AND (delta[2] <= 0 OR after[2] <= bounds[2])
        AND (delta[3] <= 0 OR after[3] <= bounds[3]) AND (delta[4] <= 0 OR after[4] <= bounds[4])
        AND (delta[5] <= 0 OR after[5] <= bounds[5]) AND (delta[6] <= 0 OR after[6] <= bounds[6])
        AND (delta[7] <= 0 OR after[7] <= bounds[7])
$$;

-- Adds to the counters of tenants: to those of the built-in dimensions in their order, and to those of the extended
-- resources of the given names.
--
-- Returns whether every level bears it for certain; false means that quota_refusal has to look.
CREATE FUNCTION quota_add(
    tenants uuid[],
    used_delta bigint[],
    guaranteed_delta bigint[],
    batch_delta bigint[],
    held_delta bigint[],
    names text[],
    used_extended bigint[],
    guaranteed_extended bigint[],
    batch_extended bigint[],
    held_extended bigint[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    zeros CONSTANT bigint[] := '{0,0,0,0,0,0,0}';
    updated bigint;
    fits boolean;
    others_change boolean := guaranteed_delta <> zeros OR batch_delta <> zeros OR held_delta <> zeros;
BEGIN
    IF others_change THEN
        WITH level AS (
            UPDATE quota_counters AS c SET
                used = quota_sum(c.used, used_delta),
                guaranteed = quota_sum(c.guaranteed, guaranteed_delta),
                batch = quota_sum(c.batch, batch_delta),
                held = quota_sum(c.held, held_delta)
            WHERE c.tenant_id = ANY (tenants)
            RETURNING c.used, c.guaranteed, c.batch, c.limits, c.bounds, c.has_rules
        )
        SELECT count(*), bool_and(
            NOT level.has_rules
            AND quota_fits(level.used, level.bounds, used_delta)
            AND quota_fits(level.guaranteed, level.limits, guaranteed_delta)
            -- Batch fits beside the rest only where the rest leaves something; quota_refusal tells how much.
            AND 0 >= ALL (batch_delta)
        )
        INTO updated, fits
        FROM level;
    ELSE
        WITH level AS (
            UPDATE quota_counters AS c SET used = quota_sum(c.used, used_delta)
            WHERE c.tenant_id = ANY (tenants)
            RETURNING NOT c.has_rules AND quota_fits(c.used, c.bounds, used_delta) AS fits
        )
        SELECT count(*), bool_and(level.fits) INTO updated, fits FROM level;
    END IF;
    IF updated <> cardinality(tenants) THEN
        RAISE EXCEPTION '% of % tenants have no counters', cardinality(tenants) - updated, cardinality(tenants);
    END IF;
    IF names <> '{}' THEN
        INSERT INTO quota_extended_counters AS e (tenant_id, dimension, used, guaranteed, batch, held)
        SELECT t.id, d.dimension, 0, 0, 0, 0
        FROM unnest(tenants) AS t (id)
        CROSS JOIN unnest(names) AS d (dimension)
        ON CONFLICT (tenant_id, dimension) DO NOTHING;
        UPDATE quota_extended_counters AS e SET
            used = e.used + d.used,
            guaranteed = e.guaranteed + d.guaranteed,
            batch = e.batch + d.batch,
            held = e.held + d.held
        FROM unnest(names, used_extended, guaranteed_extended, batch_extended, held_extended)
            AS d (dimension, used, guaranteed, batch, held)
        WHERE e.tenant_id = ANY (tenants) AND e.dimension = d.dimension;
        DELETE FROM quota_extended_counters AS e
        WHERE e.tenant_id = ANY (tenants) AND e.dimension = ANY (names) AND e.used = 0 AND e.batch = 0;
        fits := false;
    END IF;
    RETURN fits;
END;
$$;
