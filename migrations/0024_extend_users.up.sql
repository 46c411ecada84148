-- Accounts that are no persons, accounts that wait for their owner, and days on which somebody is away.
ALTER TABLE users
    ADD COLUMN kind text NOT NULL DEFAULT 'person',
    -- Since when an invited person has not answered; NULL as soon as the account has an owner.
    ADD COLUMN invited_at timestamptz,
    -- The first and the last day, in the time zone of the user.
    ADD COLUMN away_from date,
    ADD COLUMN away_until date,
    ADD CONSTRAINT users_kind_is_known CHECK (kind IN ('person', 'service')),
    ADD CONSTRAINT users_service_has_no_password CHECK (kind = 'person' OR password_hash IS NULL),
    ADD CONSTRAINT users_away_is_a_range CHECK (
        (away_from IS NULL AND away_until IS NULL)
        OR (away_from IS NOT NULL AND away_until IS NOT NULL AND away_from <= away_until)
    );

-- What a service account is besides a user. The user's name is a copy, for lists and the audit log.
CREATE TABLE service_accounts (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name text NOT NULL,
    CONSTRAINT service_accounts_name_is_not_empty CHECK (name <> '')
);

CREATE UNIQUE INDEX service_accounts_name_is_unique_in_tenant ON service_accounts (tenant_id, lower(name));

SELECT portal_protect('service_accounts', 'tenant_id');
