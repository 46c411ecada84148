-- API tokens of users, shown once and stored as SHA-256. The hint is their first characters, to tell them apart.
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_tokens_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT api_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT api_tokens_expire_after_creation CHECK (expires_at > created_at)
);

CREATE UNIQUE INDEX api_tokens_hash_is_unique ON api_tokens (token_hash);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id);
