-- 10,000 tenants below the organization of the demo, in ten branches of a thousand: a department, 9 sections, 90 teams,
-- 900 squads.
BEGIN;
CREATE TEMPORARY TABLE bench_tenant AS
WITH RECURSIVE tree (id, parent_id, path, name, level) AS (
    SELECT t.id, t.parent_id, t.path, t.name, 0 FROM tenants AS t WHERE t.parent_id IS NULL
    UNION ALL
    SELECT fresh.id, tree.id, tree.path || fresh.id,
        (ARRAY['Department', 'Section', 'Team', 'Squad'])[tree.level + 1] || ' ' || number, tree.level + 1
    FROM tree
    CROSS JOIN LATERAL generate_series(1, (ARRAY[10, 9, 10, 10])[tree.level + 1]) AS number
    -- The references to the rows above keep an id from being made for several of them.
    CROSS JOIN LATERAL (
        SELECT overlay(gen_random_uuid()::text PLACING '019a0000-' FROM 1 FOR 9)::uuid AS id WHERE tree.level < 4 AND number > 0
    ) AS fresh
)
SELECT * FROM tree WHERE level > 0;

INSERT INTO tenants (id, parent_id, name, path, created_at, updated_at)
SELECT id, parent_id, name, path, now(), now() FROM bench_tenant ORDER BY level, id;
COMMIT;
VACUUM ANALYZE tenants;
