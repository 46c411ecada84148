-- Links that let somebody set the password of an account, once: invitations, and resets that an admin makes. Only the
-- SHA-256 of the secret in the link is stored.
CREATE TABLE account_links (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind text NOT NULL,
    -- Where an invited person gets their first role; NULL for a reset.
    tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT account_links_kind_is_known CHECK (kind IN ('invitation', 'passwordReset')),
    CONSTRAINT account_links_invitation_has_tenant CHECK ((kind = 'invitation') = (tenant_id IS NOT NULL)),
    CONSTRAINT account_links_secret_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT account_links_expire_after_creation CHECK (expires_at > created_at),
    CONSTRAINT account_links_end_once CHECK (used_at IS NULL OR revoked_at IS NULL)
);

CREATE UNIQUE INDEX account_links_secret_hash_is_unique ON account_links (secret_hash);
CREATE INDEX account_links_by_user ON account_links (user_id, id);
CREATE INDEX account_links_by_tenant ON account_links (tenant_id, id) WHERE tenant_id IS NOT NULL;

-- Resets belong to no tenant: only the portal itself looks at them.
SELECT portal_protect('account_links', 'tenant_id');
