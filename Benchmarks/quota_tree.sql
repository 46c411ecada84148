-- A tree for the benchmark of admissions: an organization, up to 16 chains that share the levels 1 to 4 and have a team each
-- at level 5, limits at every level that are never reached, and further tenants until there are :tenants of them.
SELECT set_config('portal.scope', '*', false);

CREATE FUNCTION pg_temp.id(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;

INSERT INTO tenants (id, parent_id, name, path, created_at, updated_at)
SELECT pg_temp.id(level), CASE WHEN level > 1 THEN pg_temp.id(level - 1) END, 'level ' || level,
    ARRAY(SELECT pg_temp.id(above) FROM generate_series(1, level) AS above ORDER BY above), now(), now()
FROM generate_series(1, 4) AS level
ORDER BY level;

INSERT INTO tenants (id, parent_id, name, path, created_at, updated_at)
SELECT pg_temp.id(1000 + team), pg_temp.id(4), 'team ' || team,
    ARRAY[pg_temp.id(1), pg_temp.id(2), pg_temp.id(3), pg_temp.id(4), pg_temp.id(1000 + team)], now(), now()
FROM generate_series(1, least(16, :tenants - 4)) AS team;

-- The others lie at every level that still has a place for them, each below one of the same four.
INSERT INTO tenants (id, parent_id, name, path, created_at, updated_at)
SELECT pg_temp.id(100000 + number), pg_temp.id(1 + number % 4), 'tenant ' || number,
    ARRAY(SELECT pg_temp.id(above) FROM generate_series(1, 1 + number % 4) AS above ORDER BY above)
        || pg_temp.id(100000 + number), now(), now()
FROM generate_series(1, :tenants - 20) AS number;

INSERT INTO tenant_quotas (tenant_id, updated_at) SELECT id, now() FROM tenants;

INSERT INTO quota_limits (tenant_id, dimension, amount)
SELECT t.id, d.dimension, 1000000000000000000
FROM tenants AS t
CROSS JOIN unnest(ARRAY['vclusters', 'cpu', 'memory', 'storage', 'pods']) AS d (dimension);

SELECT count(quota_refresh(id)) FROM tenants;

-- What pgbench updates.
CREATE TABLE bench_counter (id integer PRIMARY KEY, used bigint NOT NULL) WITH (fillfactor = 20);
INSERT INTO bench_counter VALUES (1, 0);
CREATE TABLE bench_entries (id uuid PRIMARY KEY, amount bigint NOT NULL, created_at timestamptz NOT NULL);

VACUUM ANALYZE;
