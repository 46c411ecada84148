-- Groups of users, made at a tenant. An external id names the group at an identity provider: its claim then says who is
-- in it, besides those who were added by hand.
CREATE TABLE groups (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    external_id text,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT groups_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT groups_external_id_is_not_empty CHECK (external_id <> '')
);

CREATE UNIQUE INDEX groups_name_is_unique_in_tenant ON groups (tenant_id, lower(name));
CREATE UNIQUE INDEX groups_external_id_is_unique ON groups (external_id);

CREATE TABLE group_members (
    group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Who says so: a manager, or the identity provider, which may take it back.
    source text NOT NULL,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id),
    CONSTRAINT group_members_source_is_known CHECK (source IN ('manual', 'provider'))
);

-- Every request reads the groups of its caller.
CREATE INDEX group_members_by_user ON group_members (user_id);

SELECT portal_protect('groups', 'tenant_id');
SELECT portal_protect('group_members', 'group_id', 'groups');
