-- Every lifecycle change, written in the transaction of the intent and carried out by leased workers.
CREATE TABLE operations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    vcluster_id uuid NOT NULL REFERENCES vclusters (id),
    retry_of uuid REFERENCES operations (id),
    created_by uuid REFERENCES users (id),
    generation bigint NOT NULL,
    -- Grows with every claim: a worker that lost its lease holds an older number and can write nothing.
    lease_token bigint NOT NULL DEFAULT 0,
    lease_expires_at timestamptz,
    created_at timestamptz NOT NULL,
    run_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    deadline_at timestamptz NOT NULL,
    cancel_requested_at timestamptz,
    attempt integer NOT NULL DEFAULT 0,
    progress smallint NOT NULL DEFAULT 0,
    verb text NOT NULL,
    state text NOT NULL,
    lease_owner text,
    reason text,
    message text NOT NULL DEFAULT '',
    vcluster_name text NOT NULL,
    created_by_name text NOT NULL,
    request_id text,
    -- What the verb needs beside the row of the vcluster: phase and spec before it, the grace period.
    parameters jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT operations_verb_is_known CHECK (verb IN (
        'create', 'adopt', 'suspend', 'resume', 'scale', 'update', 'delete', 'undelete', 'purge'
    )),
    CONSTRAINT operations_state_is_known CHECK (state IN (
        'pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'
    )),
    CONSTRAINT operations_progress_is_percent CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT operations_running_is_leased CHECK (
        (state = 'running') = (lease_owner IS NOT NULL AND lease_expires_at IS NOT NULL)
    ),
    CONSTRAINT operations_final_is_finished CHECK (
        (state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)
    ),
    CONSTRAINT operations_succeeded_is_complete CHECK (state <> 'succeeded' OR progress = 100),
    CONSTRAINT operations_failed_has_reason CHECK (state <> 'failed' OR reason IS NOT NULL)
);

-- One change at a time per vcluster, whatever the services believe.
CREATE UNIQUE INDEX operations_one_active_per_vcluster ON operations (vcluster_id)
    WHERE state IN ('pending', 'running', 'waiting');

-- The two queues of the workers: what is due, and what a dead worker left.
CREATE INDEX operations_due ON operations (run_at, id) WHERE state IN ('pending', 'waiting');
CREATE INDEX operations_leased ON operations (lease_expires_at, id) WHERE state = 'running';

-- The lists.
CREATE INDEX operations_by_tenant ON operations (tenant_id, id);
CREATE INDEX operations_by_vcluster ON operations (vcluster_id, id);
CREATE INDEX operations_by_state ON operations (state, id);

CREATE TABLE operation_steps (
    operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    weight smallint NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    started_at timestamptz,
    finished_at timestamptz,
    name text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    message text NOT NULL DEFAULT '',
    PRIMARY KEY (operation_id, position),
    CONSTRAINT operation_steps_name_is_unique UNIQUE (operation_id, name),
    CONSTRAINT operation_steps_weight_is_percent CHECK (weight BETWEEN 0 AND 100),
    CONSTRAINT operation_steps_state_is_known CHECK (state IN (
        'pending', 'running', 'succeeded', 'failed', 'skipped'
    ))
);

-- What a step wanted people to be able to read, the output of helm above all; bounded per operation.
CREATE TABLE operation_logs (
    operation_id uuid NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    sequence integer NOT NULL,
    at timestamptz NOT NULL,
    step text NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (operation_id, sequence)
);

CREATE INDEX operation_logs_by_time ON operation_logs (at);
