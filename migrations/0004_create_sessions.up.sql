-- Browser sessions. Only the SHA-256 of the token is stored: who reads this table cannot sign in with it.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- Slides with use, never beyond ends_at.
    expires_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    client_address text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT '',
    CONSTRAINT sessions_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_expire_before_end CHECK (expires_at <= ends_at)
);

CREATE UNIQUE INDEX sessions_token_hash_is_unique ON sessions (token_hash);
CREATE INDEX sessions_by_user ON sessions (user_id, last_seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Sign-ins in a window of time, per e-mail, per address and per both; the bucket is a hash, because what people
-- type into an e-mail field can be a password.
CREATE TABLE sign_in_attempts (
    bucket bytea PRIMARY KEY,
    attempts integer NOT NULL,
    window_ends_at timestamptz NOT NULL,
    CONSTRAINT sign_in_attempts_is_positive CHECK (attempts > 0)
);

CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (window_ends_at);
