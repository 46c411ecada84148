DROP FUNCTION host_load(uuid, uuid);
DROP FUNCTION host_lock(uuid);
ALTER TABLE hosts
    DROP COLUMN cpu_capacity,
    DROP COLUMN memory_capacity,
    DROP COLUMN capacity_at,
    DROP COLUMN capacity_tried_at;
