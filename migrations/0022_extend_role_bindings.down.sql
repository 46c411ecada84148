-- What only the new shape can say goes: roles of groups and tokens, and custom roles.
DELETE FROM role_bindings WHERE user_id IS NULL OR role IS NULL;

DROP INDEX role_bindings_by_role;
DROP INDEX role_bindings_by_token;
DROP INDEX role_bindings_by_group;

ALTER TABLE role_bindings
    DROP CONSTRAINT role_bindings_are_unique,
    DROP CONSTRAINT role_bindings_have_one_role,
    DROP CONSTRAINT role_bindings_have_one_subject,
    DROP CONSTRAINT role_bindings_pkey,
    DROP COLUMN id,
    DROP COLUMN group_id,
    DROP COLUMN token_id,
    DROP COLUMN role_id,
    ALTER COLUMN user_id SET NOT NULL,
    ALTER COLUMN role SET NOT NULL,
    ADD PRIMARY KEY (tenant_id, user_id, role);
