-- Custom roles: sets of permissions with a name, made at a tenant and usable in its subtree. The built-in roles are no
-- rows: the server knows them, so that a new permission needs no migration.
CREATE TABLE roles (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    -- `noun.verb`; a name that the server does not know permits nothing.
    permissions text[] NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT roles_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT roles_permit_something CHECK (cardinality(permissions) > 0 AND array_position(permissions, NULL) IS NULL)
);

CREATE UNIQUE INDEX roles_name_is_unique_in_tenant ON roles (tenant_id, lower(name));

SELECT portal_protect('roles', 'tenant_id');
