-- The first level that a change breaks, root first, as a JSON object; NULL when every level bears it.
--
-- The counters have the change in them already. Only what grows is looked at, so a level that is over its limit blocks
-- growth in that dimension and nothing else. Levels first_depth to last_depth are checked; the one above them only for
-- its remainder, and only in dimensions in which the subtree came out of a slice (a move; came_from is the old child).
CREATE OR REPLACE FUNCTION quota_refusal(
    chain uuid[],
    first_depth integer,
    last_depth integer,
    came_from uuid,
    owner uuid,
    names text[],
    used_delta bigint[],
    guaranteed_delta bigint[],
    batch_delta bigint[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    has_strict boolean;
    has_caps boolean;
    refusal jsonb;
BEGIN
    SELECT EXISTS (SELECT FROM tenant_quotas AS q WHERE q.tenant_id = ANY (chain) AND q.is_strict),
        owner IS NOT NULL AND EXISTS (
            SELECT FROM quota_effective_limits AS l WHERE l.tenant_id = ANY (chain) AND l.user_cap IS NOT NULL
        )
    INTO has_strict, has_caps;

    WITH level AS (
        SELECT p.depth, l.tenant_id, l.dimension, d.position, l.amount, l.user_cap,
            quota_bound(l.amount, l.overcommit) AS bound,
            CASE WHEN d.position <= 7 THEN c.used[d.position] ELSE coalesce(e.used, 0) END AS used,
            CASE WHEN d.position <= 7 THEN c.guaranteed[d.position] ELSE coalesce(e.guaranteed, 0) END AS guaranteed,
            CASE WHEN d.position <= 7 THEN c.batch[d.position] ELSE coalesce(e.batch, 0) END AS batch,
            d.used AS used_delta, d.guaranteed AS guaranteed_delta, d.batch AS batch_delta
        FROM unnest(chain) WITH ORDINALITY AS p (tenant_id, depth)
        JOIN quota_effective_limits AS l ON l.tenant_id = p.tenant_id
        JOIN unnest(names, used_delta, guaranteed_delta, batch_delta) WITH ORDINALITY
            AS d (dimension, used, guaranteed, batch, position) ON d.dimension = l.dimension
        JOIN quota_counters AS c ON c.tenant_id = p.tenant_id
        LEFT JOIN quota_extended_counters AS e
            ON d.position > 7 AND e.tenant_id = p.tenant_id AND e.dimension = d.dimension
        WHERE p.depth BETWEEN first_depth - 1 AND last_depth AND (d.used > 0 OR d.guaranteed > 0 OR d.batch > 0)
    ), verdict AS (
        SELECT level.depth, level.tenant_id, level.dimension, level.position, v.rank, v.reason, v.bound, v.after,
            v.requested, level.amount AS configured
        FROM level
        CROSS JOIN LATERAL (VALUES
            (1, 'limit', level.bound, level.used, level.used_delta),
            (2, 'guaranteed', level.amount, level.guaranteed, level.guaranteed_delta),
            (3, 'batch', level.amount, level.used + level.batch, level.batch_delta)
        ) AS v (rank, reason, bound, after, requested)
        WHERE level.depth >= first_depth
        UNION ALL
        SELECT level.depth, level.tenant_id, level.dimension, level.position, v.rank, 'remainder',
            greatest(v.bound, 0), v.after, v.requested, level.amount
        FROM level
        JOIN tenant_quotas AS q ON q.tenant_id = level.tenant_id AND q.is_strict
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.amount), 0)::bigint AS amount,
                coalesce(sum(quota_bound(s.amount, s.overcommit)), 0)::bigint AS bound,
                coalesce(sum(u.used), 0)::bigint AS used,
                coalesce(sum(u.guaranteed), 0)::bigint AS guaranteed,
                coalesce(sum(u.batch), 0)::bigint AS batch
            FROM tenants AS child
            JOIN quota_effective_limits AS s
                ON s.tenant_id = child.id AND s.dimension = level.dimension AND s.amount IS NOT NULL
            LEFT JOIN quota_usage AS u ON u.tenant_id = child.id AND u.dimension = level.dimension
            WHERE child.parent_id = level.tenant_id
        ) AS slices
        CROSS JOIN LATERAL (VALUES
            (4, level.bound - slices.bound, level.used - slices.used, level.used_delta),
            (5, level.amount - slices.amount, level.guaranteed - slices.guaranteed, level.guaranteed_delta),
            (6, level.amount - slices.amount, level.used + level.batch - slices.used - slices.batch, level.batch_delta)
        ) AS v (rank, bound, after, requested)
        WHERE has_strict
            AND NOT EXISTS (
                SELECT FROM quota_effective_limits AS n
                WHERE n.tenant_id = chain[level.depth + 1] AND n.dimension = level.dimension AND n.amount IS NOT NULL
            )
            AND (level.depth >= first_depth OR EXISTS (
                SELECT FROM quota_effective_limits AS n
                WHERE n.tenant_id = came_from AND n.dimension = level.dimension AND n.amount IS NOT NULL
            ))
        UNION ALL
        SELECT level.depth, level.tenant_id, level.dimension, level.position, 7, 'user', level.user_cap, v.after,
            level.used_delta + level.batch_delta, level.user_cap
        FROM level
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(
                CASE
                    WHEN level.position <= 7 THEN r.amounts[level.position]
                    ELSE (r.extended ->> level.dimension)::bigint
                END
            ), 0)::bigint AS after
            FROM quota_reservations AS r
            JOIN tenants AS t ON t.id = r.tenant_id
            WHERE r.owner_id = owner AND t.path @> ARRAY[level.tenant_id]
        ) AS v
        WHERE has_caps AND level.user_cap IS NOT NULL AND level.depth >= first_depth
    )
    SELECT jsonb_build_object(
        'reason', v.reason, 'tenantId', v.tenant_id, 'tenantName', t.name, 'dimension', v.dimension,
        'limit', v.bound, 'used', v.after - v.requested, 'requested', v.requested, 'configured', v.configured
    )
    INTO refusal
    FROM verdict AS v
    JOIN tenants AS t ON t.id = v.tenant_id
    WHERE v.requested > 0 AND v.after > v.bound
    ORDER BY v.depth, v.position, v.dimension, v.rank
    LIMIT 1;
    RETURN refusal;
END;
$$;

-- The dimensions in which the slices of a strict tenant's children are more than the tenant has, one row each.
--
-- The slices have to fit as they are and with their overcommit: what a child may reserve has to be there.
CREATE OR REPLACE FUNCTION quota_broken_slices(tenant uuid)
RETURNS TABLE (dimension text, amount bigint, slices numeric) LANGUAGE sql STABLE AS $$
    SELECT l.dimension, v.own, v.slices
    FROM tenant_quotas AS q
    JOIN quota_effective_limits AS l ON l.tenant_id = q.tenant_id AND l.amount IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT sum(s.amount) AS amount, sum(quota_bound(s.amount, s.overcommit)) AS bound
        FROM tenants AS child
        JOIN quota_effective_limits AS s
            ON s.tenant_id = child.id AND s.dimension = l.dimension AND s.amount IS NOT NULL
        WHERE child.parent_id = q.tenant_id
    ) AS s
    CROSS JOIN LATERAL (VALUES
        (1, l.amount, s.amount),
        (2, quota_bound(l.amount, l.overcommit), s.bound)
    ) AS v (rank, own, slices)
    WHERE q.tenant_id = tenant AND q.is_strict AND v.slices > v.own
        AND NOT (v.rank = 2 AND s.amount > l.amount)
    ORDER BY coalesce(array_position(quota_dimensions(), l.dimension), 8), l.dimension COLLATE "C"
$$;

DROP FUNCTION quota_slices(uuid, text);
