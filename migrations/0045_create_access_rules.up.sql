-- Rules by attributes on top of roles: they take away and never give. The conditions are checked by the service and read
-- as a whole, so they are a document; every action on a vcluster reads the rules of its path.
CREATE TABLE access_rules (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    created_by uuid REFERENCES users (id),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    effect text NOT NULL,
    subject_kind text NOT NULL,
    -- The name of a role, or the id of a group or user; a rule about somebody who is gone is about nobody.
    subject_reference text,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    permissions text[] NOT NULL,
    conditions jsonb NOT NULL,
    CONSTRAINT access_rules_effect_is_known CHECK (effect IN ('deny', 'allowOnly')),
    CONSTRAINT access_rules_subject_is_known CHECK (subject_kind IN ('all', 'role', 'group', 'user')),
    CONSTRAINT access_rules_subject_has_reference CHECK ((subject_kind = 'all') = (subject_reference IS NULL)),
    CONSTRAINT access_rules_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT access_rules_permissions_are_not_empty CHECK (cardinality(permissions) > 0)
);

CREATE UNIQUE INDEX access_rules_name_is_unique_in_tenant ON access_rules (tenant_id, lower(name));
CREATE INDEX access_rules_by_tenant ON access_rules (tenant_id, id);

SELECT portal_protect('access_rules', 'tenant_id');
