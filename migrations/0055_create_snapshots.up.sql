-- Snapshots of vclusters. The archives lie outside of the database; what is here goes with the vcluster.
CREATE TABLE snapshots (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    vcluster_id uuid NOT NULL REFERENCES vclusters (id) ON DELETE CASCADE,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    -- Bytes of the archive; NULL until the host tells.
    size_bytes bigint,
    -- What it counts in the quotas: its reservation has the id of the snapshot.
    reserved_bytes bigint NOT NULL,
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    state text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    -- What went wrong, for a person.
    message text NOT NULL DEFAULT '',
    -- The address of the archive, without credentials.
    location text NOT NULL,
    created_by_name text NOT NULL,
    chart_version text,
    kubernetes_version text,
    spec jsonb NOT NULL,
    CONSTRAINT snapshots_state_is_known CHECK (state IN ('pending', 'ready', 'failed', 'deleting')),
    CONSTRAINT snapshots_ready_have_a_time CHECK (state <> 'ready' OR ready_at IS NOT NULL),
    CONSTRAINT snapshots_sizes_are_not_negative CHECK (size_bytes >= 0 AND reserved_bytes >= 0),
    CONSTRAINT snapshots_name_is_not_empty CHECK (name <> '')
);

CREATE UNIQUE INDEX snapshots_name_is_unique_in_vcluster ON snapshots (vcluster_id, name);
CREATE INDEX snapshots_by_vcluster ON snapshots (vcluster_id, id);

SELECT portal_protect('snapshots', 'tenant_id');
