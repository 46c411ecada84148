-- 10,000 running vclusters over all teams and simulated hosts of the demo, each with a release and a finished create.
-- Everything looks as the engine leaves it, and nothing was looked at for a while, so the drift watcher has work at
-- once and finds nothing to change.
BEGIN;
CREATE TEMPORARY TABLE team AS
    SELECT id, row_number() OVER (ORDER BY name) - 1 AS number FROM tenants
    WHERE NOT EXISTS (SELECT 1 FROM tenants child WHERE child.parent_id = tenants.id);
CREATE TEMPORARY TABLE host AS
    SELECT id, row_number() OVER (ORDER BY name) - 1 AS number FROM hosts;
-- Ids in the order of creation, as UUIDv7 are.
CREATE TEMPORARY TABLE fresh AS
    SELECT number, '019a0000-' || lpad(to_hex(number / 4096), 4, '0') || '-7' || lpad(to_hex(number % 4096), 3, '0')
            AS prefix,
        to_char((now() - (10001 - number) * interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            AS at
    FROM generate_series(1, 10000) AS number;

INSERT INTO vclusters (id, tenant_id, host_id, observed_generation, created_at, updated_at, observed_at, replicas,
    name, namespace, release, phase, environment, qos_class, endpoint, kubernetes_version, chart_version, labels,
    conditions, spec)
SELECT (prefix || '-8000-' || lpad(to_hex(fresh.number), 12, '0'))::uuid, team.id, host.id, 1, at::timestamptz,
    at::timestamptz, now() - interval '1 hour', 1,
    'bench-' || fresh.number, 'vcluster-bench-' || fresh.number, 'bench-' || fresh.number, 'RUNNING',
    (ARRAY['dev', 'test', 'prod'])[1 + fresh.number % 3], 'burstable',
    'https://bench-' || fresh.number || '.simulated.invalid', 'v1.34.0', '0.30.0',
    jsonb_build_object('app', 'a' || fresh.number % 50),
    jsonb_build_array(
        jsonb_build_object('type', 'Ready', 'status', 'True', 'reason', 'ControlPlaneReady', 'message', '',
            'lastTransitionTime', at),
        jsonb_build_object('type', 'Drifted', 'status', 'False', 'reason', 'InSync', 'message', '',
            'lastTransitionTime', at),
        jsonb_build_object('type', 'HostReachable', 'status', 'True', 'reason', 'HostAnswered', 'message', '',
            'lastTransitionTime', at)),
    '{"distro": "k8s", "replicas": 1}'
FROM fresh
JOIN team ON team.number = fresh.number % (SELECT count(*) FROM team)
JOIN host ON host.number = fresh.number % (SELECT count(*) FROM host);

INSERT INTO simulated_releases (host_id, namespace, release, vcluster_id, cpu_millicores, memory_bytes, created_at,
    updated_at, ready_at, replicas, pods, state, chart_version, kubernetes_version, spec)
SELECT host_id, namespace, release, id, 100, 100000000, created_at, created_at, created_at, 1, 2, 'running',
    chart_version, kubernetes_version, '{}'
FROM vclusters WHERE name LIKE 'bench-%';

INSERT INTO operations (id, tenant_id, vcluster_id, generation, created_at, run_at, started_at, finished_at,
    deadline_at, attempt, progress, verb, state, vcluster_name, created_by_name)
SELECT gen_random_uuid(), tenant_id, id, 1, created_at, created_at, created_at, created_at + interval '30 seconds',
    created_at + interval '30 minutes', 1, 100, 'create', 'succeeded', name, 'Benchmark'
FROM vclusters WHERE name LIKE 'bench-%';
COMMIT;
VACUUM ANALYZE;
