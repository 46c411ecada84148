-- What happened to a vcluster, for people; in the form of Kubernetes events. Bounded by the retention sweep.
CREATE TABLE vcluster_events (
    id uuid PRIMARY KEY,
    vcluster_id uuid NOT NULL REFERENCES vclusters (id) ON DELETE CASCADE,
    operation_id uuid REFERENCES operations (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    type text NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    actor_name text NOT NULL,
    CONSTRAINT vcluster_events_type_is_known CHECK (type IN ('Normal', 'Warning'))
);

CREATE INDEX vcluster_events_by_vcluster ON vcluster_events (vcluster_id, id);
CREATE INDEX vcluster_events_by_time ON vcluster_events (created_at);
CREATE INDEX vcluster_events_by_operation ON vcluster_events (operation_id) WHERE operation_id IS NOT NULL;
