-- What a tenant may use, what its subtree uses, and what each vcluster takes of it.
--
-- Amounts are whole numbers in base units: pieces, millicores, bytes. The seven built-in dimensions stand in arrays in
-- the order vclusters, cpu, memory, storage, gpus, pods, snapshotStorage: one row a tenant, so that an admission writes
-- as few rows as the chain is long. Extended resources (nvidia.com/mig-1g.5gb) go by name.

-- One amount a built-in dimension. A domain, because its check is compiled once a session and not once a statement.
CREATE DOMAIN quota_amounts AS bigint[]
    CONSTRAINT quota_amounts_have_every_dimension CHECK (cardinality(VALUE) = 7)
    CONSTRAINT quota_amounts_are_not_negative CHECK (0 <= ALL (VALUE));

-- Pieces of extended resources by name.
CREATE DOMAIN quota_pieces AS jsonb
    CONSTRAINT quota_pieces_are_not_negative CHECK (VALUE = '{}' OR NOT jsonb_path_exists(VALUE, '$.* ? (@ < 0)'));

-- The settings of a tenant that concern all dimensions; the version is the entity tag of the whole.
CREATE TABLE tenant_quotas (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    version bigint NOT NULL DEFAULT 1,
    updated_by uuid REFERENCES users (id),
    updated_at timestamptz NOT NULL,
    -- Limits of the children may not add up to more than the tenant's own.
    is_strict boolean NOT NULL DEFAULT false
);

-- One row a dimension that is limited; no row means that the ancestors alone bound it.
CREATE TABLE quota_limits (
    tenant_id uuid NOT NULL REFERENCES tenant_quotas (tenant_id) ON DELETE CASCADE,
    -- NULL when only the share of one user is limited.
    amount bigint,
    -- What all vclusters of one user in the subtree may take.
    user_cap bigint,
    -- Thousandths: 1500 lets reservations add up to one and a half times the amount.
    overcommit integer NOT NULL DEFAULT 1000,
    dimension text NOT NULL,
    PRIMARY KEY (tenant_id, dimension),
    CONSTRAINT quota_limits_limit_something CHECK (amount IS NOT NULL OR user_cap IS NOT NULL),
    CONSTRAINT quota_limits_are_not_negative CHECK (amount >= 0 AND user_cap >= 0),
    CONSTRAINT quota_limits_overcommit_is_a_factor CHECK (overcommit BETWEEN 1000 AND 100000),
    CONSTRAINT quota_limits_dimension_is_known CHECK (
        dimension IN ('vclusters', 'cpu', 'memory', 'storage', 'gpus', 'pods', 'snapshotStorage')
        OR dimension LIKE '_%/_%'
    )
);

-- What the subtree of a tenant has reserved. Written by every admission below the tenant, so pages are left mostly
-- free: an update then finds room beside the old version and touches no index (heap-only tuples).
CREATE TABLE quota_counters (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    -- What guaranteed and burstable vclusters take, and what batch ones take that a suspension would not give back.
    used quota_amounts NOT NULL DEFAULT '{0,0,0,0,0,0,0}',
    -- The part of it that is guaranteed.
    guaranteed quota_amounts NOT NULL DEFAULT '{0,0,0,0,0,0,0}',
    -- What batch vclusters take and a suspension would give back; not in used.
    batch quota_amounts NOT NULL DEFAULT '{0,0,0,0,0,0,0}',
    -- The part of used and batch that is held for changes which have not begun.
    held quota_amounts NOT NULL DEFAULT '{0,0,0,0,0,0,0}',
    -- The limits of the tenant, copied from quota_effective_limits by quota_refresh, so that an admission that is well
    -- within them reads nothing else. The largest number stands for no limit.
    limits quota_amounts NOT NULL DEFAULT array_fill(9223372036854775807, ARRAY[7]),
    -- The limits with their overcommit.
    bounds quota_amounts NOT NULL DEFAULT array_fill(9223372036854775807, ARRAY[7]),
    -- The tenant is strict or caps its users: these two arrays do not tell everything.
    has_rules boolean NOT NULL DEFAULT false
) WITH (fillfactor = 20);

-- The same for extended resources; no row means nothing.
CREATE TABLE quota_extended_counters (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    used bigint NOT NULL,
    guaranteed bigint NOT NULL,
    batch bigint NOT NULL,
    held bigint NOT NULL,
    dimension text NOT NULL,
    PRIMARY KEY (tenant_id, dimension),
    CONSTRAINT quota_extended_counters_are_not_negative CHECK (
        used >= 0 AND guaranteed >= 0 AND batch >= 0 AND held >= 0
    )
) WITH (fillfactor = 50);

-- What one vcluster takes (its id is the id of the row), or what is held for a change that waits.
CREATE TABLE quota_reservations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    owner_id uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz,
    kind text NOT NULL,
    qos_class text NOT NULL,
    amounts quota_amounts NOT NULL,
    extended quota_pieces NOT NULL DEFAULT '{}',
    -- What it was before the change that is on its way: where a change that never began goes back to.
    previous_amounts quota_amounts,
    previous_extended quota_pieces,
    CONSTRAINT quota_reservations_kind_is_known CHECK (kind IN ('live', 'hold')),
    CONSTRAINT quota_reservations_qos_class_is_known CHECK (qos_class IN ('guaranteed', 'burstable', 'batch')),
    CONSTRAINT quota_reservations_holds_expire CHECK ((kind = 'hold') = (expires_at IS NOT NULL))
) WITH (fillfactor = 80);

CREATE INDEX quota_reservations_by_tenant ON quota_reservations (tenant_id, id);
CREATE INDEX quota_reservations_by_owner ON quota_reservations (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX quota_reservations_to_expire ON quota_reservations (expires_at, id) WHERE kind = 'hold';

-- Quotas reach up to the root, so only the portal itself looks at these rows; what of them a caller gets, it decides.
SELECT portal_hide('tenant_quotas');
SELECT portal_hide('quota_limits');
SELECT portal_hide('quota_extended_counters');

-- The same as portal_hide, but without a sub-select: a function call a row costs an admission less than setting one up.
ALTER TABLE quota_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON quota_counters USING (current_setting('portal.scope', true) = '*');
ALTER TABLE quota_reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_reservations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON quota_reservations USING (current_setting('portal.scope', true) = '*');

-- Whoever adds a tenant adds its counters, which are all zero.
CREATE POLICY tenant_adds_counters ON quota_counters FOR INSERT WITH CHECK (portal_sees(tenant_id));

-- Every tenant has its counters from the start: an admission only ever updates them.
CREATE FUNCTION tenants_add_counters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO quota_counters (tenant_id) VALUES (NEW.id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER tenants_add_counters
    AFTER INSERT ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenants_add_counters();

SELECT set_config('portal.scope', '*', true);

INSERT INTO quota_counters (tenant_id) SELECT id FROM tenants;
