-- A subtree moves by one statement that changes the paths of all its tenants. The check of a path against the path
-- of its parent ran before each row, where the order of the rows decides what it sees; for changes it runs after the
-- statement now, over all changed rows at once.
DROP TRIGGER tenants_check_path ON tenants;

CREATE TRIGGER tenants_check_path
    BEFORE INSERT ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenants_check_path();

CREATE FUNCTION tenants_check_moved_paths() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    -- A new name needs no look at the tree.
    IF NOT EXISTS (
        SELECT FROM changed
        JOIN previous ON previous.id = changed.id
        WHERE (previous.path, previous.parent_id) IS DISTINCT FROM (changed.path, changed.parent_id)
    ) THEN
        RETURN NULL;
    END IF;
    SELECT found.id INTO wrong
    FROM (
        SELECT changed.id
        FROM changed
        JOIN tenants AS parent ON parent.id = changed.parent_id
        WHERE changed.path IS DISTINCT FROM parent.path || changed.id
        UNION ALL
        SELECT child.id
        FROM changed
        JOIN tenants AS child ON child.parent_id = changed.id
        WHERE child.path IS DISTINCT FROM changed.path || child.id
    ) AS found
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the path of tenant % does not continue the path of its parent', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenants_path_continues_parent';
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER tenants_check_moved_paths
    AFTER UPDATE ON tenants
    REFERENCING OLD TABLE AS previous NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_check_moved_paths();

-- Who writes something by the path of a tenant shares the tree and reads the path after that; who moves or archives
-- locks it. One lock for the whole tree: moves are rare and short, and rows below a moving tenant that do not exist
-- yet cannot be locked one by one.
CREATE FUNCTION tenants_share_tree() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared(7241856320021::bigint)
$$;

CREATE FUNCTION tenants_lock_tree() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(7241856320021::bigint)
$$;

-- Those who watch the place that a vcluster moved away from have to hear of it, too.
ALTER TABLE changes ADD COLUMN previous_path uuid[];
