-- A role is held by a user, by a group or by an API token; it is built in (by name) or custom (by id).
ALTER TABLE role_bindings
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN group_id uuid REFERENCES groups (id) ON DELETE CASCADE,
    ADD COLUMN token_id uuid REFERENCES api_tokens (id) ON DELETE CASCADE,
    -- No cascade: a role that somebody holds stays.
    ADD COLUMN role_id uuid REFERENCES roles (id);

ALTER TABLE role_bindings DROP CONSTRAINT role_bindings_pkey;

ALTER TABLE role_bindings
    ALTER COLUMN user_id DROP NOT NULL,
    ALTER COLUMN role DROP NOT NULL,
    ADD PRIMARY KEY (id),
    ADD CONSTRAINT role_bindings_have_one_subject CHECK (num_nonnulls(user_id, group_id, token_id) = 1),
    ADD CONSTRAINT role_bindings_have_one_role CHECK (num_nonnulls(role, role_id) = 1),
    ADD CONSTRAINT role_bindings_are_unique
        UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, group_id, token_id, role, role_id);

CREATE INDEX role_bindings_by_group ON role_bindings (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX role_bindings_by_token ON role_bindings (token_id) WHERE token_id IS NOT NULL;
CREATE INDEX role_bindings_by_role ON role_bindings (role_id) WHERE role_id IS NOT NULL;
