-- Requests by the key that their caller chose: while one runs, its repetition waits; when it is done, the
-- repetition gets the same response.
CREATE TABLE idempotency_keys (
    caller_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    -- Names the holder of the key, so that one whose lock ran out cannot complete it for another.
    lock_id uuid,
    locked_until timestamptz,
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (caller_id, key),
    CONSTRAINT idempotency_keys_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
    CONSTRAINT idempotency_keys_is_locked_or_completed CHECK (
        (lock_id IS NOT NULL AND locked_until IS NOT NULL AND status IS NULL AND headers IS NULL AND body IS NULL)
        OR (lock_id IS NULL AND locked_until IS NULL
            AND status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL)
    )
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
