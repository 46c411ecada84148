-- What a host offers, as it told when it was asked last, and how much of it its vclusters have reserved.
--
-- NULL: never told, and then nothing is bounded by it. In millicores and bytes, as the reservations are.
ALTER TABLE hosts
    ADD COLUMN cpu_capacity bigint,
    ADD COLUMN memory_capacity bigint,
    ADD COLUMN capacity_at timestamptz,
    ADD COLUMN capacity_tried_at timestamptz,
    ADD CONSTRAINT hosts_capacity_is_not_negative CHECK (cpu_capacity >= 0 AND memory_capacity >= 0);

-- Takes the lock of admissions on a host until the end of the transaction.
CREATE FUNCTION host_lock(host uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(7164, hashtext(host::text))
$$;

-- What the vclusters of a host have reserved, one of them left out.
--
-- A batch vcluster takes of what is idle: it counts apart, because it is suspended when the host is short.
CREATE FUNCTION host_load(host uuid, leave_out uuid)
RETURNS TABLE (
    cpu_used bigint,
    cpu_guaranteed bigint,
    cpu_batch bigint,
    memory_used bigint,
    memory_guaranteed bigint,
    memory_batch bigint
) LANGUAGE sql STABLE AS $$
    SELECT
        coalesce(sum(r.amounts[2]) FILTER (WHERE r.qos_class <> 'batch'), 0)::bigint,
        coalesce(sum(r.amounts[2]) FILTER (WHERE r.qos_class = 'guaranteed'), 0)::bigint,
        coalesce(sum(r.amounts[2]) FILTER (WHERE r.qos_class = 'batch'), 0)::bigint,
        coalesce(sum(r.amounts[3]) FILTER (WHERE r.qos_class <> 'batch'), 0)::bigint,
        coalesce(sum(r.amounts[3]) FILTER (WHERE r.qos_class = 'guaranteed'), 0)::bigint,
        coalesce(sum(r.amounts[3]) FILTER (WHERE r.qos_class = 'batch'), 0)::bigint
    FROM vclusters AS v
    JOIN quota_reservations AS r ON r.id = v.id
    WHERE v.host_id = host AND v.purged_at IS NULL AND v.id IS DISTINCT FROM leave_out
$$;
