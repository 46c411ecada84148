-- Counters that are not the sum of the reservations below them, one row a tenant and dimension; none when all is well.
--
-- One statement, so counters and reservations are of one moment: they only ever change together.
CREATE FUNCTION quota_drift()
RETURNS TABLE (
    tenant_id uuid,
    dimension text,
    counted bigint[],
    reserved bigint[]
) LANGUAGE sql STABLE AS $$
    WITH live AS (
        SELECT level.id AS tenant_id, d.dimension, r.qos_class, r.kind, d.amount,
            d.dimension NOT IN ('vclusters', 'storage', 'snapshotStorage') AS is_idle
        FROM quota_reservations AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        CROSS JOIN LATERAL unnest(t.path) AS level (id)
        CROSS JOIN LATERAL (
            SELECT a.dimension, a.amount
            FROM unnest(quota_dimensions(), r.amounts::bigint[]) AS a (dimension, amount)
            UNION ALL
            SELECT e.key, e.value::bigint
            FROM jsonb_each_text(r.extended) AS e
        ) AS d
        WHERE d.amount <> 0
    ), expected AS (
        SELECT live.tenant_id, live.dimension,
            coalesce(sum(amount) FILTER (WHERE qos_class <> 'batch' OR NOT is_idle), 0)::bigint AS used,
            coalesce(sum(amount) FILTER (WHERE qos_class = 'guaranteed'), 0)::bigint AS guaranteed,
            coalesce(sum(amount) FILTER (WHERE qos_class = 'batch' AND is_idle), 0)::bigint AS batch,
            coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0)::bigint AS held
        FROM live
        GROUP BY live.tenant_id, live.dimension
    )
    SELECT coalesce(u.tenant_id, e.tenant_id), coalesce(u.dimension, e.dimension),
        ARRAY[coalesce(u.used, 0), coalesce(u.guaranteed, 0), coalesce(u.batch, 0), coalesce(u.held, 0)],
        ARRAY[coalesce(e.used, 0), coalesce(e.guaranteed, 0), coalesce(e.batch, 0), coalesce(e.held, 0)]
    FROM quota_usage AS u
    FULL JOIN expected AS e ON e.tenant_id = u.tenant_id AND e.dimension = u.dimension
    WHERE (coalesce(u.used, 0), coalesce(u.guaranteed, 0), coalesce(u.batch, 0), coalesce(u.held, 0))
        IS DISTINCT FROM (coalesce(e.used, 0), coalesce(e.guaranteed, 0), coalesce(e.batch, 0), coalesce(e.held, 0))
$$;

-- Writes what is reserved into one counter; the caller holds the lock of all quotas. Values: used, guaranteed, batch, held.
CREATE FUNCTION quota_repair(tenant uuid, dimension_name text, reserved bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place integer := array_position(quota_dimensions(), dimension_name);
BEGIN
    IF place IS NOT NULL THEN
        UPDATE quota_counters SET
            used[place] = reserved[1],
            guaranteed[place] = reserved[2],
            batch[place] = reserved[3],
            held[place] = reserved[4]
        WHERE tenant_id = tenant;
    ELSE
        DELETE FROM quota_extended_counters WHERE tenant_id = tenant AND dimension = dimension_name;
        IF reserved[1] <> 0 OR reserved[3] <> 0 THEN
            INSERT INTO quota_extended_counters (tenant_id, dimension, used, guaranteed, batch, held)
            VALUES (tenant, dimension_name, reserved[1], reserved[2], reserved[3], reserved[4]);
        END IF;
    END IF;
END;
$$;

-- What a host reports of a vcluster beside what the vcluster has reserved, in the order of the built-in dimensions.
CREATE TABLE quota_reports (
    vcluster_id uuid PRIMARY KEY REFERENCES vclusters (id) ON DELETE CASCADE,
    reported_at timestamptz NOT NULL,
    -- Requests of the control plane and of the tenant's pods; -1 in what the host does not tell.
    requested bigint[] NOT NULL,
    -- What was reserved at that moment.
    reserved bigint[] NOT NULL,
    exceeds boolean NOT NULL
);

CREATE INDEX quota_reports_that_exceed ON quota_reports (vcluster_id) WHERE exceeds;
CREATE INDEX quota_reports_by_age ON quota_reports (reported_at);

SELECT portal_protect('quota_reports', 'vcluster_id', 'vclusters');
