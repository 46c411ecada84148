-- Which role a user has at a tenant and so in its whole subtree.
CREATE TABLE role_bindings (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text NOT NULL,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role),
    CONSTRAINT role_bindings_role_is_known
        CHECK (role IN ('viewer', 'member', 'manager', 'finance', 'auditor', 'admin'))
);

-- Every request reads the bindings of its caller.
CREATE INDEX role_bindings_by_user ON role_bindings (user_id);
