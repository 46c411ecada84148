-- 10,000 running vclusters over all teams and simulated hosts of the demo, each with a finished create and a release.
BEGIN;
CREATE TEMPORARY TABLE team AS
    SELECT id, row_number() OVER (ORDER BY name) - 1 AS number FROM tenants
    WHERE NOT EXISTS (SELECT 1 FROM tenants child WHERE child.parent_id = tenants.id);
CREATE TEMPORARY TABLE host AS
    SELECT id, row_number() OVER (ORDER BY name) - 1 AS number FROM hosts;
CREATE TEMPORARY TABLE fresh AS
    SELECT number, ('019a0000-' || lpad(to_hex(number / 4096), 4, '0') || '-7' || lpad(to_hex(number % 4096), 3, '0')
        || '-8000-' || lpad(to_hex(number), 12, '0'))::uuid AS id
    FROM generate_series(1, 10000) AS number;

INSERT INTO vclusters (id, tenant_id, host_id, observed_generation, created_at, updated_at, observed_at, replicas,
    name, namespace, release, phase, environment, qos_class, endpoint, kubernetes_version, chart_version, labels, spec)
SELECT fresh.id, team.id, host.id, 1, now() - fresh.number * interval '1 minute', now(), now(), 1,
    'bench-' || fresh.number, 'vcluster-bench-' || fresh.number, 'bench-' || fresh.number, 'RUNNING',
    (ARRAY['dev', 'test', 'prod'])[1 + fresh.number % 3], 'burstable', 'https://bench-' || fresh.number || '.invalid',
    'v1.34.0', '0.30.0', jsonb_build_object('app', 'a' || fresh.number % 50), '{"distro": "k8s", "replicas": 1}'
FROM fresh
JOIN team ON team.number = fresh.number % (SELECT count(*) FROM team)
JOIN host ON host.number = fresh.number % (SELECT count(*) FROM host);

INSERT INTO simulated_releases (host_id, namespace, release, vcluster_id, cpu_millicores, memory_bytes, created_at,
    updated_at, ready_at, replicas, pods, state, chart_version, kubernetes_version, spec)
SELECT host_id, namespace, release, id, 100, 100000000, created_at, now(), created_at, 1, 2, 'running', chart_version,
    kubernetes_version, spec
FROM vclusters WHERE name LIKE 'bench-%';
COMMIT;
ANALYZE;
