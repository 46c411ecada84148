-- The tree of tenants. A path holds the ids from the root to the tenant itself: whether a tenant lies in a
-- subtree is one array test, whatever the depth.
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    parent_id uuid REFERENCES tenants (id),
    name text NOT NULL,
    path uuid[] NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tenants_name_is_not_empty CHECK (name <> ''),
    CONSTRAINT tenants_path_ends_with_id CHECK (path[cardinality(path)] = id),
    CONSTRAINT tenants_path_names_parent CHECK (
        (parent_id IS NULL AND cardinality(path) = 1)
        OR (parent_id IS NOT NULL AND cardinality(path) BETWEEN 2 AND 8 AND path[cardinality(path) - 1] = parent_id)
    )
);

-- One installation serves one organization.
CREATE UNIQUE INDEX tenants_root_is_unique ON tenants ((true)) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX tenants_name_is_unique_in_parent ON tenants (parent_id, lower(name));
CREATE INDEX tenants_by_path ON tenants USING gin (path);

-- A CHECK sees one row only; this one holds a path to the path of the parent. The parent is locked, so that it
-- cannot move while a child is added.
CREATE FUNCTION tenants_check_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent_path uuid[];
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        SELECT path INTO parent_path FROM tenants WHERE id = NEW.parent_id FOR SHARE;
        IF parent_path IS NOT NULL AND parent_path || NEW.id IS DISTINCT FROM NEW.path THEN
            RAISE EXCEPTION 'the path of tenant % does not continue the path of its parent', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tenants_path_continues_parent';
        END IF;
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER tenants_check_path
    BEFORE INSERT OR UPDATE OF parent_id, path ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenants_check_path();
