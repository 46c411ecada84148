-- Who a user is at an identity provider: issuer and subject never mean somebody else later, an e-mail may.
CREATE TABLE external_identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    -- The provider as it was configured when the identity was tied to the user.
    provider text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- What the provider told last; for people, never for decisions.
    email text,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX external_identities_by_user ON external_identities (user_id);

-- Sign-ins at providers that are under way: one row a redirect, gone when it is used or its time is over. Only hashes of
-- the state and of the browser's secret are kept.
CREATE TABLE provider_sign_ins (
    state_hash bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    provider text NOT NULL,
    next text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT provider_sign_ins_hashes_are_sha256
        CHECK (octet_length(state_hash) = 32 AND octet_length(browser_hash) = 32)
);

CREATE INDEX provider_sign_ins_by_end ON provider_sign_ins (expires_at, state_hash);
