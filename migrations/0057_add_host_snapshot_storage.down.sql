ALTER TABLE hosts
    DROP COLUMN snapshot_storage,
    DROP COLUMN snapshot_storage_sealed,
    DROP COLUMN snapshot_storage_key_id;
