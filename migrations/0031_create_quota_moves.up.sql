-- The dimensions in which the slices of a strict tenant's children are more than the tenant has, one row each.
--
-- The slices have to fit as they are and with their overcommit: what a child may reserve has to be there.
CREATE FUNCTION quota_broken_slices(tenant uuid)
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

-- Amounts with the other sign.
CREATE FUNCTION quota_negative(amounts bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT -a.amount FROM unnest(amounts) WITH ORDINALITY AS a (amount, position) ORDER BY a.position)
$$;

-- The first of some tenants, root first, where a user who has reservations in a subtree has more than the cap of the
-- tenant, as in quota_refusal; NULL when there is none.
CREATE FUNCTION quota_broken_cap(subtree uuid, levels uuid[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'reason', 'user', 'tenantId', t.id, 'tenantName', t.name, 'dimension', l.dimension, 'limit', l.user_cap,
        'used', coalesce(sum(a.amount) FILTER (WHERE NOT a.is_moved), 0),
        'requested', sum(a.amount) FILTER (WHERE a.is_moved), 'configured', l.user_cap
    )
    FROM unnest(levels) WITH ORDINALITY AS p (id, depth)
    JOIN tenants AS t ON t.id = p.id
    JOIN quota_effective_limits AS l ON l.tenant_id = t.id AND l.user_cap IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT r.owner_id, place.path @> ARRAY[subtree] AS is_moved,
            coalesce(
                r.amounts[array_position(quota_dimensions(), l.dimension)], (r.extended ->> l.dimension)::bigint, 0
            ) AS amount
        FROM quota_reservations AS r
        JOIN tenants AS place ON place.id = r.tenant_id
        WHERE place.path @> ARRAY[t.id] AND r.owner_id IS NOT NULL
    ) AS a
    GROUP BY p.depth, t.id, t.name, l.dimension, l.user_cap, a.owner_id
    HAVING sum(a.amount) > l.user_cap AND sum(a.amount) FILTER (WHERE a.is_moved) > 0
    ORDER BY p.depth, coalesce(array_position(quota_dimensions(), l.dimension), 8), l.dimension COLLATE "C",
        a.owner_id
    LIMIT 1
$$;

-- Takes what a subtree uses from its old ancestors and gives it to its new ones, or fails with PQ001 as quota_shift.
--
-- Call it after the tenants have their new parents and paths, in the same transaction. The chains are the ancestors,
-- root first, without the subtree itself. Reasons beside those of quota_refusal: 'slices', when the limits of the
-- subtree are more than a strict parent has left.
CREATE FUNCTION quota_move(subtree uuid, from_chain uuid[], to_chain uuid[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moved quota_counters;
    names text[];
    used_extended bigint[];
    guaranteed_extended bigint[];
    batch_extended bigint[];
    held_extended bigint[];
    common integer := 0;
    refusal jsonb;
BEGIN
    PERFORM quota_lock();
    WHILE common < least(cardinality(from_chain), cardinality(to_chain))
        AND from_chain[common + 1] = to_chain[common + 1] LOOP
        common := common + 1;
    END LOOP;
    SELECT * INTO STRICT moved FROM quota_counters WHERE tenant_id = subtree;
    SELECT coalesce(array_agg(e.dimension ORDER BY e.dimension COLLATE "C"), '{}'),
        coalesce(array_agg(e.used ORDER BY e.dimension COLLATE "C"), '{}'),
        coalesce(array_agg(e.guaranteed ORDER BY e.dimension COLLATE "C"), '{}'),
        coalesce(array_agg(e.batch ORDER BY e.dimension COLLATE "C"), '{}'),
        coalesce(array_agg(e.held ORDER BY e.dimension COLLATE "C"), '{}')
    INTO names, used_extended, guaranteed_extended, batch_extended, held_extended
    FROM quota_extended_counters AS e
    WHERE e.tenant_id = subtree;
    IF cardinality(from_chain) > common THEN
        PERFORM quota_add(from_chain[common + 1:], quota_negative(moved.used), quota_negative(moved.guaranteed),
            quota_negative(moved.batch), quota_negative(moved.held), names, quota_negative(used_extended),
            quota_negative(guaranteed_extended), quota_negative(batch_extended), quota_negative(held_extended));
    END IF;
    IF cardinality(to_chain) > common THEN
        PERFORM quota_add(to_chain[common + 1:], moved.used, moved.guaranteed, moved.batch, moved.held, names,
            used_extended, guaranteed_extended, batch_extended, held_extended);
    END IF;
    refusal := quota_refusal(to_chain || subtree, common + 1, cardinality(to_chain),
        coalesce(from_chain[common + 1], subtree), NULL, quota_dimensions() || names, moved.used || used_extended,
        moved.guaranteed || guaranteed_extended, moved.batch || batch_extended);
    IF refusal IS NULL THEN
        SELECT jsonb_build_object(
            'reason', 'slices', 'tenantId', t.id, 'tenantName', t.name, 'dimension', b.dimension, 'limit', b.amount,
            'used', b.slices - own.amount, 'requested', own.amount, 'configured', b.amount
        )
        INTO refusal
        FROM tenants AS t
        CROSS JOIN quota_broken_slices(t.id) AS b
        JOIN quota_effective_limits AS own ON own.tenant_id = subtree AND own.dimension = b.dimension
        WHERE t.id = to_chain[cardinality(to_chain)] AND own.amount > 0
        LIMIT 1;
    END IF;
    IF refusal IS NULL THEN
        refusal := quota_broken_cap(subtree, to_chain[common + 1:]);
    END IF;
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION 'quota exceeded' USING ERRCODE = 'PQ001', DETAIL = refusal::text;
    END IF;
END;
$$;
