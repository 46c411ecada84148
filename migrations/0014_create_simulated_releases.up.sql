-- The state of simulated hosts: what a real host keeps in its own API server. In the database, so that a restarted
-- or a second server sees the same host.
CREATE TABLE simulated_releases (
    host_id uuid NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
    vcluster_id uuid,
    cpu_millicores bigint NOT NULL DEFAULT 0,
    memory_bytes bigint NOT NULL DEFAULT 0,
    storage_bytes bigint NOT NULL DEFAULT 0,
    generation bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- When the change that is on its way is complete: the control plane ready, or its pods gone.
    ready_at timestamptz NOT NULL,
    replicas integer NOT NULL,
    pods integer NOT NULL,
    -- How often helm would have installed or upgraded; proves that a step did not run twice.
    install_count integer NOT NULL DEFAULT 1,
    state text NOT NULL,
    namespace text NOT NULL,
    release text NOT NULL,
    chart_version text,
    kubernetes_version text,
    labels jsonb NOT NULL DEFAULT '{}',
    spec jsonb NOT NULL,
    PRIMARY KEY (host_id, namespace),
    CONSTRAINT simulated_releases_state_is_known CHECK (state IN ('running', 'paused', 'deleting')),
    CONSTRAINT simulated_releases_amounts_are_not_negative CHECK (
        cpu_millicores >= 0 AND memory_bytes >= 0 AND storage_bytes >= 0 AND pods >= 0 AND replicas >= 0
    )
);
