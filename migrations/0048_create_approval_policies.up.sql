-- What has to be approved before it runs, and by whom. The policies of a tenant hold in its whole subtree; they are looked
-- at from the root down, those of one tenant by position, and the first that asks decides. Conditions and steps are
-- checked by the service and read as a whole, so they are documents.
CREATE TABLE approval_policies (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    created_by uuid REFERENCES users (id),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Two policies may have one; then the older goes first.
    position integer NOT NULL,
    -- How long a request waits.
    expiry_hours integer NOT NULL,
    -- How long a request that waits keeps what it will take of the quotas; NULL keeps nothing.
    hold_hours integer,
    enabled boolean NOT NULL DEFAULT true,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    verbs text[] NOT NULL,
    conditions jsonb NOT NULL,
    -- Who is asked, one step after the other: [{"role": …, "users": null, "quorum": 1}].
    steps jsonb NOT NULL,
    CONSTRAINT approval_policies_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT approval_policies_verbs_are_not_empty CHECK (cardinality(verbs) > 0),
    CONSTRAINT approval_policies_have_a_step CHECK (jsonb_array_length(steps) > 0),
    CONSTRAINT approval_policies_hours_are_positive CHECK (expiry_hours > 0 AND hold_hours > 0)
);

CREATE UNIQUE INDEX approval_policies_name_is_unique_in_tenant ON approval_policies (tenant_id, lower(name));
CREATE INDEX approval_policies_by_tenant ON approval_policies (tenant_id, position, id);

SELECT portal_protect('approval_policies', 'tenant_id');
