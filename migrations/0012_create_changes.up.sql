-- What changed, for those who watch: servers read it in the order (xid, sequence).
--
-- A sequence number alone is no cursor: a transaction may take a low number and commit late, after readers went by.
-- The transaction id is: a reader takes only rows below the oldest transaction that still runs, and no row below it
-- can appear any more. Ids of other clusters mean nothing here, so leave the data out of logical dumps.
--
-- Rows live for hours. Readers and the sweep touch them by (xid, sequence) only, so the table can become a
-- partitioned one (by range of created_at) without a change of theirs.
CREATE TABLE changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    object_id uuid NOT NULL,
    vcluster_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    kind text NOT NULL,
    type text NOT NULL,
    PRIMARY KEY (xid, sequence),
    CONSTRAINT changes_kind_is_known CHECK (kind IN ('vcluster', 'operation')),
    CONSTRAINT changes_type_is_known CHECK (type IN ('ADDED', 'MODIFIED', 'DELETED'))
);

CREATE INDEX changes_by_time ON changes (created_at);

-- The last row that the sweep removed: a cursor before it has missed something and must start over.
CREATE TABLE change_horizon (
    only_row boolean PRIMARY KEY DEFAULT true,
    xid xid8 NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT change_horizon_is_one_row CHECK (only_row)
);

INSERT INTO change_horizon (xid, sequence) VALUES ('0', 0);
