-- Who did what, append-only. Rows form 16 chains by the hash of the object's id; each row has the hash of the row
-- before it in its chain, so a row that is changed or removed later breaks every row after it.
CREATE TABLE audit_chains (
    chain smallint PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_chains_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

INSERT INTO audit_chains (chain, sequence, hash)
SELECT number, 0, decode(repeat('00', 32), 'hex')
FROM generate_series(0, 15) AS number;

CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    chain smallint NOT NULL REFERENCES audit_chains (chain),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    -- NULL: a part of the portal itself. No foreign key: the log outlives what it tells about.
    actor_id uuid,
    actor_name text NOT NULL,
    credential text NOT NULL,
    -- The tenant of the object at that time, and its ancestors; NULL for what belongs to the whole organization.
    tenant_id uuid,
    tenant_path uuid[],
    verb text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    object_name text NOT NULL,
    -- json, not jsonb: the hash is over the text as it was written.
    before json,
    after json,
    request_id text,
    result text NOT NULL,
    content_hash bytea NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_events_result_is_known CHECK (result IN ('succeeded', 'refused', 'failed')),
    CONSTRAINT audit_events_tenant_has_path CHECK ((tenant_id IS NULL) = (tenant_path IS NULL))
);

CREATE UNIQUE INDEX audit_events_by_chain ON audit_events (chain, sequence);
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_object ON audit_events (object_kind, object_id, at, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, at, id);
CREATE INDEX audit_events_by_tenant_path ON audit_events USING gin (tenant_path);

CREATE FUNCTION audit_events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END;
$$;

CREATE TRIGGER audit_events_refuse_change
    BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_events_refuse_change();

CREATE TRIGGER audit_events_refuse_truncate
    BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse_change();
