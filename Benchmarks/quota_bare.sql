BEGIN;
UPDATE bench_counter SET used = used + 1 WHERE id = 1 RETURNING used;
INSERT INTO bench_entries (id, amount, created_at) VALUES (gen_random_uuid(), 1, now());
COMMIT;
