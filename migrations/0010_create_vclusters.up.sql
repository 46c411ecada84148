-- The resource that people manage. Fixed-width columns first, then text, then the wide documents: the spec of an
-- adopted release can be large and then lies out of line, where lists never read it.
CREATE TABLE vclusters (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    -- NULL only after the purge, so that a host that nothing lives on can be removed.
    host_id uuid REFERENCES hosts (id),
    template_id uuid REFERENCES templates (id) ON DELETE SET NULL,
    active_operation_id uuid,
    created_by uuid REFERENCES users (id),
    generation bigint NOT NULL DEFAULT 1,
    observed_generation bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    purge_at timestamptz,
    purged_at timestamptz,
    expires_at timestamptz,
    observed_at timestamptz,
    replicas integer NOT NULL,
    name text NOT NULL,
    namespace text NOT NULL,
    release text NOT NULL,
    phase text NOT NULL,
    reason text,
    message text NOT NULL DEFAULT '',
    environment text NOT NULL,
    qos_class text NOT NULL,
    endpoint text,
    kubernetes_version text,
    chart_version text,
    labels jsonb NOT NULL DEFAULT '{}',
    conditions jsonb NOT NULL DEFAULT '[]',
    spec jsonb NOT NULL,
    CONSTRAINT vclusters_phase_is_known CHECK (phase IN (
        'PENDING', 'CREATING', 'RUNNING', 'SCALING', 'UPDATING', 'SUSPENDING', 'SUSPENDED', 'RESUMING',
        'SNAPSHOTTING', 'RESTORING', 'DELETING', 'DELETED', 'ERROR'
    )),
    CONSTRAINT vclusters_name_is_a_label CHECK (name ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'),
    CONSTRAINT vclusters_environment_is_known CHECK (environment IN ('dev', 'test', 'prod')),
    CONSTRAINT vclusters_qos_class_is_known CHECK (qos_class IN ('guaranteed', 'burstable', 'batch')),
    CONSTRAINT vclusters_generation_is_not_behind CHECK (observed_generation <= generation),
    CONSTRAINT vclusters_error_has_reason CHECK (phase <> 'ERROR' OR reason IS NOT NULL),
    CONSTRAINT vclusters_deleted_has_purge_time CHECK (
        phase <> 'DELETED' OR (deleted_at IS NOT NULL AND (purge_at IS NOT NULL OR purged_at IS NOT NULL))
    ),
    CONSTRAINT vclusters_purged_is_deleted CHECK (purged_at IS NULL OR phase = 'DELETED'),
    CONSTRAINT vclusters_live_has_host CHECK (host_id IS NOT NULL OR purged_at IS NOT NULL),
    CONSTRAINT vclusters_transition_has_operation CHECK (
        active_operation_id IS NOT NULL OR phase IN ('RUNNING', 'SUSPENDED', 'DELETED', 'ERROR')
    )
);

-- A name is free again after the purge, not before: undelete has to find it. The name comes first, because an index
-- that begins with the tenant would be taken for half of the order of a tenant's list.
CREATE UNIQUE INDEX vclusters_name_is_unique_in_tenant ON vclusters (name, tenant_id) WHERE purged_at IS NULL;
CREATE UNIQUE INDEX vclusters_namespace_is_unique_on_host ON vclusters (host_id, namespace) WHERE purged_at IS NULL;

-- Ids are UUIDv7, so their order is the order of creation. Each index serves one way to page through the list.
CREATE INDEX vclusters_live ON vclusters (id) WHERE purged_at IS NULL;
CREATE INDEX vclusters_live_by_tenant ON vclusters (tenant_id, id) WHERE purged_at IS NULL;
CREATE INDEX vclusters_live_by_phase ON vclusters (phase, tenant_id, id) WHERE purged_at IS NULL;
CREATE INDEX vclusters_live_by_host ON vclusters (host_id, id) WHERE purged_at IS NULL;
CREATE INDEX vclusters_live_by_labels ON vclusters USING gin (labels jsonb_path_ops) WHERE purged_at IS NULL;

-- The queues of the reaper and of the drift watcher.
CREATE INDEX vclusters_to_purge ON vclusters (purge_at) WHERE phase = 'DELETED' AND purged_at IS NULL;
CREATE INDEX vclusters_to_expire ON vclusters (expires_at) WHERE purged_at IS NULL AND expires_at IS NOT NULL;
CREATE INDEX vclusters_to_observe ON vclusters (observed_at NULLS FIRST, id)
    WHERE phase IN ('RUNNING', 'SUSPENDED') AND active_operation_id IS NULL;
