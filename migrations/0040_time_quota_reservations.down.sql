-- Takes the lock of all quotas until the end of the transaction.
--
-- An advisory lock and not the row of the root: waiters are served in turn, without a version of the row each.
CREATE FUNCTION quota_lock() RETURNS void LANGUAGE sql VOLATILE AS $$
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

-- Makes or changes a reservation and admits the difference along the chain.
--
-- Modes: 'grow' takes the larger of what is there and what is wanted, dimension by dimension, for a change that is on
-- its way; 'settle' takes what is wanted, for a change that has come true; 'keep' leaves the amounts and changes the
-- class alone. Fails with PQ001 as quota_shift, with reason 'unbounded' too.
--
-- Generic plans: what is planned here has one good plan, and planning it anew costs more than running it.
CREATE OR REPLACE FUNCTION quota_reserve(
    subject uuid,
    reservation_kind text,
    tenant uuid,
    owner uuid,
    class text,
    wanted bigint[],
    wanted_extended jsonb,
    unbounded text[],
    mode text,
    expiry timestamptz,
    now_at timestamptz
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    zeros CONSTANT bigint[] := '{0,0,0,0,0,0,0}';
    before quota_reservations;
    target bigint[] := wanted;
    target_extended jsonb := wanted_extended;
    names text[] := '{}';
    used_extended bigint[] := '{}';
    guaranteed_extended bigint[] := '{}';
    batch_extended bigint[] := '{}';
    held_extended bigint[] := '{}';
    used_delta bigint[];
    guaranteed_delta bigint[] := zeros;
    batch_delta bigint[] := zeros;
    held_delta bigint[] := zeros;
    -- Whether a suspension gives the dimension back: all but the count of vclusters and what lies on disks.
    is_idle boolean;
    was_used bigint;
    becomes_used bigint;
    is_new boolean := false;
    refusal jsonb;
BEGIN
    IF unbounded <> '{}' THEN
        refusal := quota_unbounded(tenant, unbounded);
        IF refusal IS NOT NULL THEN
            RAISE EXCEPTION 'quota without envelope' USING ERRCODE = 'PQ001', DETAIL = refusal::text;
        END IF;
    END IF;
    INSERT INTO quota_reservations (id, tenant_id, owner_id, created_at, updated_at, expires_at, kind, qos_class,
        amounts, extended)
    VALUES (subject, tenant, owner, now_at, now_at, expiry, reservation_kind, class, wanted, wanted_extended)
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        is_new := true;
        before.qos_class := class;
        before.amounts := zeros;
        before.extended := '{}';
    ELSE
        SELECT * INTO STRICT before FROM quota_reservations WHERE id = subject FOR UPDATE;
    END IF;
    FOR i IN 1..7 LOOP
        IF mode = 'keep' OR (mode = 'grow' AND target[i] < before.amounts[i]) THEN
            target[i] := before.amounts[i];
        END IF;
    END LOOP;
    IF wanted_extended <> '{}' OR before.extended <> '{}' THEN
        SELECT array_agg(d.name ORDER BY d.name COLLATE "C"),
            array_agg(
                CASE WHEN class = 'batch' THEN 0 ELSE d.becomes END
                    - CASE WHEN before.qos_class = 'batch' THEN 0 ELSE d.was END
                ORDER BY d.name COLLATE "C"
            ),
            array_agg(
                CASE WHEN class = 'guaranteed' THEN d.becomes ELSE 0 END
                    - CASE WHEN before.qos_class = 'guaranteed' THEN d.was ELSE 0 END
                ORDER BY d.name COLLATE "C"
            ),
            array_agg(
                CASE WHEN class = 'batch' THEN d.becomes ELSE 0 END
                    - CASE WHEN before.qos_class = 'batch' THEN d.was ELSE 0 END
                ORDER BY d.name COLLATE "C"
            ),
            array_agg(
                CASE WHEN reservation_kind = 'hold' THEN d.becomes - d.was ELSE 0 END
                ORDER BY d.name COLLATE "C"
            ),
            coalesce(jsonb_object_agg(d.name, d.becomes) FILTER (WHERE d.becomes > 0), '{}')
        INTO names, used_extended, guaranteed_extended, batch_extended, held_extended, target_extended
        FROM (
            SELECT k.name, coalesce((before.extended ->> k.name)::bigint, 0) AS was,
                CASE mode
                    WHEN 'keep' THEN coalesce((before.extended ->> k.name)::bigint, 0)
                    WHEN 'grow' THEN greatest(
                        (before.extended ->> k.name)::bigint, (wanted_extended ->> k.name)::bigint, 0
                    )
                    ELSE coalesce((wanted_extended ->> k.name)::bigint, 0)
                END AS becomes
            FROM (
                SELECT jsonb_object_keys(before.extended) AS name
                UNION
                SELECT jsonb_object_keys(wanted_extended)
            ) AS k
        ) AS d;
    END IF;
    IF NOT is_new THEN
        UPDATE quota_reservations SET
            updated_at = now_at,
            expires_at = expiry,
            qos_class = class,
            amounts = target,
            extended = target_extended,
            previous_amounts = CASE mode WHEN 'grow' THEN before.amounts WHEN 'keep' THEN previous_amounts END,
            previous_extended = CASE mode WHEN 'grow' THEN before.extended WHEN 'keep' THEN previous_extended END
        WHERE id = subject;
    END IF;
    IF target = before.amounts AND target_extended = before.extended AND class = before.qos_class THEN
        RETURN;
    END IF;
    -- Burstable before and after, the usual case: the difference is all there is to it.
    used_delta := target;
    FOR i IN 1..7 LOOP
        used_delta[i] := target[i] - before.amounts[i];
    END LOOP;
    IF reservation_kind = 'hold' THEN
        held_delta := used_delta;
    END IF;
    IF class <> 'burstable' OR before.qos_class <> 'burstable' THEN
        FOR i IN 1..7 LOOP
            is_idle := i IN (2, 3, 5, 6);
            was_used := CASE WHEN before.qos_class = 'batch' AND is_idle THEN 0 ELSE before.amounts[i] END;
            becomes_used := CASE WHEN class = 'batch' AND is_idle THEN 0 ELSE target[i] END;
            used_delta[i] := becomes_used - was_used;
            batch_delta[i] := (target[i] - becomes_used) - (before.amounts[i] - was_used);
            guaranteed_delta[i] := CASE WHEN class = 'guaranteed' THEN target[i] ELSE 0 END
                - CASE WHEN before.qos_class = 'guaranteed' THEN before.amounts[i] ELSE 0 END;
        END LOOP;
    END IF;
    PERFORM quota_shift(tenant, owner, used_delta, guaranteed_delta, batch_delta, held_delta, names, used_extended,
        guaranteed_extended, batch_extended, held_extended);
END;
$$;
