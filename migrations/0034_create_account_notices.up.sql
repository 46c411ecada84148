-- What owners of accounts have to know about their sign-ins; shown until they have seen it, kept for a while after.
CREATE TABLE account_notices (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz,
    failures integer NOT NULL,
    refused integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    addresses text[] NOT NULL,
    lock_outs integer NOT NULL
);

CREATE INDEX account_notices_by_user ON account_notices (user_id, id DESC);
CREATE INDEX account_notices_by_age ON account_notices (created_at, id);
