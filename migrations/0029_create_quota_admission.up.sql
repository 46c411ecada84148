-- Changes what a tenant and all of its ancestors use, or fails with PQ001 and the refusal as the detail.
--
-- Takes the lock of the tree, so call it as late as the transaction allows.
CREATE FUNCTION quota_shift(
    tenant uuid,
    owner uuid,
    used_delta bigint[],
    guaranteed_delta bigint[],
    batch_delta bigint[],
    held_delta bigint[],
    names text[],
    used_extended bigint[],
    guaranteed_extended bigint[],
    batch_extended bigint[],
    held_extended bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    chain uuid[];
    refusal jsonb;
    fits boolean;
BEGIN
    PERFORM quota_lock();
    -- The tenant may have moved while this waited; from here on it cannot.
    SELECT path INTO STRICT chain FROM tenants WHERE id = tenant;
    fits := quota_add(chain, used_delta, guaranteed_delta, batch_delta, held_delta, names, used_extended,
        guaranteed_extended, batch_extended, held_extended);
    IF NOT fits THEN
        refusal := quota_refusal(chain, 1, cardinality(chain), NULL, owner, quota_dimensions() || names,
            used_delta || used_extended, guaranteed_delta || guaranteed_extended, batch_delta || batch_extended);
        IF refusal IS NOT NULL THEN
            RAISE EXCEPTION 'quota exceeded' USING ERRCODE = 'PQ001', DETAIL = refusal::text;
        END IF;
    END IF;
END;
$$;

-- The first level that limits a dimension in which nothing bounds the vcluster, root first, as in quota_refusal.
CREATE FUNCTION quota_unbounded(tenant uuid, unbounded text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'reason', 'unbounded', 'tenantId', level.id, 'tenantName', level.name, 'dimension', l.dimension,
        'limit', quota_bound(l.amount, l.overcommit), 'used', u.used, 'requested', 0, 'configured', l.amount
    )
    FROM tenants AS t
    CROSS JOIN LATERAL unnest(t.path) WITH ORDINALITY AS p (id, depth)
    JOIN tenants AS level ON level.id = p.id
    JOIN quota_effective_limits AS l
        ON l.tenant_id = p.id AND l.dimension = ANY (unbounded) AND l.amount IS NOT NULL
    LEFT JOIN quota_usage AS u ON u.tenant_id = p.id AND u.dimension = l.dimension
    WHERE t.id = tenant
    ORDER BY p.depth, array_position(unbounded, l.dimension)
    LIMIT 1
$$;
