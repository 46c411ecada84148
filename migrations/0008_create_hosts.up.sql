-- Host clusters. The kubeconfig is sealed with AES-256-GCM under a key of the server's configuration; the id of
-- that key says which one opens it.
CREATE TABLE hosts (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    driver text NOT NULL,
    settings jsonb NOT NULL,
    accepts_new boolean NOT NULL DEFAULT true,
    kubeconfig_sealed bytea,
    kubeconfig_key_id text,
    state text NOT NULL DEFAULT 'unchecked',
    state_message text NOT NULL DEFAULT '',
    kubernetes_version text,
    helm_version text,
    checked_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT hosts_driver_is_known CHECK (driver IN ('helm', 'simulated')),
    CONSTRAINT hosts_state_is_known CHECK (state IN ('unchecked', 'ready', 'degraded', 'failed')),
    CONSTRAINT hosts_sealed_kubeconfig_has_key CHECK ((kubeconfig_sealed IS NULL) = (kubeconfig_key_id IS NULL))
);

CREATE UNIQUE INDEX hosts_name_is_unique ON hosts (name);
