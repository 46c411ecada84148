-- Where archives of snapshots go; NULL for the volumes of the vclusters themselves.
ALTER TABLE hosts
    -- The URL without credentials, to be shown.
    ADD COLUMN snapshot_storage text,
    -- The URL as it was given, sealed with AES-256-GCM.
    ADD COLUMN snapshot_storage_sealed bytea,
    ADD COLUMN snapshot_storage_key_id text,
    ADD CONSTRAINT hosts_snapshot_storage_is_sealed CHECK (
        num_nulls(snapshot_storage, snapshot_storage_sealed, snapshot_storage_key_id) IN (0, 3)
    );
