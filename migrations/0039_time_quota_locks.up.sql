-- Tells whoever takes the lock of all quotas what time it is, so that what ends at a moment can end under the lock.
--
-- Functions as before, with the time passed on; the ones without it go with the next migration.
DROP FUNCTION quota_move(uuid, uuid[], uuid[]);

-- Takes the lock of all quotas until the end of the transaction; now_at is the time of what is changed under it.
--
-- An advisory lock and not the row of the root: waiters are served in turn, without a version of the row each.
CREATE FUNCTION quota_lock(now_at timestamptz) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(7163, 1)
$$;

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
    held_extended bigint[],
    now_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    chain uuid[];
    refusal jsonb;
    fits boolean;
BEGIN
    PERFORM quota_lock(now_at);
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

-- Takes what a subtree uses from its old ancestors and gives it to its new ones, or fails with PQ001 as quota_shift.
--
-- Call it after the tenants have their new parents and paths, in the same transaction. The chains are the ancestors,
-- root first, without the subtree itself. Reasons beside those of quota_refusal: 'slices', when the limits of the
-- subtree are more than a strict parent has left.
CREATE FUNCTION quota_move(subtree uuid, from_chain uuid[], to_chain uuid[], now_at timestamptz)
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
    PERFORM quota_lock(now_at);
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
