-- Failed sign-ins by password per account, since the last one that worked. The key is a hash of the e-mail: attempts for
-- accounts that do not exist are counted alike, and what people type into an e-mail field can be a password.
CREATE TABLE sign_in_locks (
    account bytea PRIMARY KEY,
    -- NULL until an attempt failed, and for e-mails of no account.
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    -- Attempts in a row, the present ones too; a lock-out sets it back.
    streak integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    locked_until timestamptz,
    lock_outs integer NOT NULL DEFAULT 0,
    -- Attempts that the present lock-out has refused, and all that were.
    refused_now integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    first_failed_at timestamptz,
    last_failed_at timestamptz,
    addresses text[] NOT NULL DEFAULT '{}',
    CONSTRAINT sign_in_locks_account_is_sha256 CHECK (octet_length(account) = 32),
    CONSTRAINT sign_in_locks_failures_have_times
        CHECK ((failures = 0) = (first_failed_at IS NULL) AND (failures = 0) = (last_failed_at IS NULL))
);

CREATE INDEX sign_in_locks_by_attempt ON sign_in_locks (attempted_at, account);
