-- The reservations of the vclusters that were there before there were quotas, and the counters of their chains.
--
-- What each takes is what VClusterDemand says: the envelope of its spec and what its control plane requests; where a
-- change is on its way, as much as it may take when it runs.
SELECT set_config('portal.scope', '*', true);

-- A Kubernetes quantity as a number; NULL stays NULL.
CREATE OR REPLACE FUNCTION pg_temp.quantity(value text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT part[1]::numeric * CASE
        WHEN part[2] ~ '^[eE][+-]?[0-9]+$' THEN power(10::numeric, substr(part[2], 2)::numeric)
        WHEN part[2] ~ 'i$' THEN power(1024::numeric, strpos('KMGTPE', left(part[2], 1)))
        WHEN part[2] IN ('n', 'u', 'm') THEN power(10::numeric, -3 * (4 - strpos('num', part[2])))
        WHEN part[2] = 'k' THEN 1000
        WHEN part[2] <> '' THEN power(1000::numeric, strpos('KMGTPE', part[2]))
        ELSE 1
    END
    FROM regexp_match(value, '^\+?([0-9]*\.?[0-9]*)([a-zA-Z]*|[eE][+-]?[0-9]+)$') AS m (part)
$$;

CREATE OR REPLACE FUNCTION pg_temp.amount(value numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT least(ceil(value), 1125899906842624)::bigint
$$;

INSERT INTO quota_reservations (id, tenant_id, owner_id, created_at, updated_at, kind, qos_class, amounts)
SELECT v.id, v.tenant_id, v.created_by, v.created_at, v.updated_at, 'live', v.qos_class,
    CASE
        WHEN v.phase IN ('SUSPENDED', 'DELETED') THEN ARRAY[1, 0, 0, a.storage, 0, 0, 0]
        ELSE ARRAY[1, a.cpu, a.memory, a.storage, a.gpus, a.pods, 0]
    END
FROM vclusters AS v
CROSS JOIN LATERAL (
    SELECT coalesce((v.spec ->> 'replicas')::bigint, 1) AS replicas,
        coalesce(v.spec #>> '{backingStore,type}', 'embeddedDatabase') AS store,
        coalesce((v.spec #>> '{backingStore,etcdReplicas}')::bigint, 1) AS members,
        coalesce((v.spec #>> '{persistence,enabled}')::boolean, true) AS is_persistent,
        coalesce(pg_temp.quantity(v.spec #>> '{persistence,size}'), 5368709120) AS volume,
        coalesce(pg_temp.quantity(v.spec #>> '{resources,requests,cpu}'), 0.2) AS cpu,
        coalesce(pg_temp.quantity(v.spec #>> '{resources,requests,memory}'), 268435456) AS memory
) AS s
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.store = 'deployedEtcd' THEN s.members ELSE 0 END AS members,
        s.replicas + CASE WHEN s.store = 'embeddedDatabase' AND s.is_persistent THEN 0 ELSE 1 END AS pods
) AS c
CROSS JOIN LATERAL (
    SELECT pg_temp.amount(
            (coalesce(pg_temp.quantity(v.spec #>> '{quota,cpu}'), 0) + s.cpu * c.pods + 0.02 * c.members) * 1000
        ) AS cpu,
        pg_temp.amount(
            coalesce(pg_temp.quantity(v.spec #>> '{quota,memory}'), 0) + s.memory * c.pods + 157286400 * c.members
        ) AS memory,
        pg_temp.amount(
            coalesce(pg_temp.quantity(v.spec #>> '{quota,storage}'), 0) + s.volume * CASE
                WHEN s.store = 'deployedEtcd' THEN c.members
                WHEN s.store = 'embeddedDatabase' AND s.is_persistent THEN s.replicas
                ELSE 0
            END
        ) AS storage,
        coalesce((v.spec #>> '{quota,gpus}')::bigint, 0) AS gpus,
        coalesce((v.spec #>> '{quota,pods}')::bigint, c.pods + c.members) AS pods
) AS a
WHERE v.purged_at IS NULL;

UPDATE quota_counters AS c SET
    used = sums.used,
    guaranteed = sums.guaranteed,
    batch = sums.batch
FROM (
    SELECT parts.tenant_id,
        array_agg(parts.used ORDER BY parts.position) AS used,
        array_agg(parts.guaranteed ORDER BY parts.position) AS guaranteed,
        array_agg(parts.batch ORDER BY parts.position) AS batch
    FROM (
        SELECT level.id AS tenant_id, d.position,
            coalesce(sum(d.amount) FILTER (WHERE r.qos_class <> 'batch' OR d.position IN (1, 4, 7)), 0)::bigint AS used,
            coalesce(sum(d.amount) FILTER (WHERE r.qos_class = 'guaranteed'), 0)::bigint AS guaranteed,
            coalesce(
                sum(d.amount) FILTER (WHERE r.qos_class = 'batch' AND d.position NOT IN (1, 4, 7)), 0
            )::bigint AS batch
        FROM quota_reservations AS r
        JOIN tenants AS t ON t.id = r.tenant_id
        CROSS JOIN LATERAL unnest(t.path) AS level (id)
        CROSS JOIN LATERAL unnest(r.amounts::bigint[]) WITH ORDINALITY AS d (amount, position)
        GROUP BY level.id, d.position
    ) AS parts
    GROUP BY parts.tenant_id
) AS sums
WHERE c.tenant_id = sums.tenant_id;
