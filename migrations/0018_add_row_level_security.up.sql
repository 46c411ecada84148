-- The wall behind the services: which rows a statement sees is decided here, whatever its WHERE says. The server puts
-- the caller's world into `portal.scope`: '*' for everything, else the ids of the tenants whose subtrees are visible, as
-- an array. Where it is not set, nothing is visible. FORCE binds the owner of the tables too, whom the server is.
--
-- Conditions that do not depend on the row stand in scalar sub-selects, which run once a statement. The sub-select on the
-- parent is no EXISTS on purpose: the planner would rather hash all visible tenants for it than look one up.

CREATE FUNCTION portal_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('portal.scope', true) = '*', false)
$$;

CREATE FUNCTION portal_scope() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN current_setting('portal.scope', true) LIKE '{%' THEN current_setting('portal.scope', true)::uuid[]
        ELSE '{}'
    END
$$;

-- For functions and policies of their own shape; policies on a column are made by portal_protect, and faster.
CREATE FUNCTION portal_sees(tenant_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT portal_sees_all() OR EXISTS (SELECT FROM tenants AS t WHERE t.id = $1)
$$;

-- Puts a table behind the wall: a row is seen and written by those who see the row of `parent` that its column names.
CREATE FUNCTION portal_protect(
    relation regclass,
    column_name name,
    parent regclass DEFAULT 'tenants',
    shares_null boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    condition text := format(
        '(SELECT portal_sees_all()) OR (SELECT true FROM %s AS parent WHERE parent.id = %s.%I)',
        parent, relation, column_name
    );
BEGIN
    IF shares_null THEN
        condition := condition || format(' OR %I IS NULL', column_name);
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant_wall ON %s USING (%s) WITH CHECK (%s)', relation, condition, condition);
END;
$$;

-- Puts a table behind the wall that only the portal itself looks into.
CREATE FUNCTION portal_hide(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY tenant_wall ON %s USING ((SELECT portal_sees_all()))', relation);
END;
$$;

-- Takes a table out of the wall again, for the way back.
CREATE FUNCTION portal_unprotect(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP POLICY tenant_wall ON %s', relation);
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', relation);
END;
$$;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON tenants
    USING ((SELECT portal_sees_all()) OR path && (SELECT portal_scope()))
    WITH CHECK ((SELECT portal_sees_all()) OR path && (SELECT portal_scope()));

SELECT portal_protect('role_bindings', 'tenant_id');
SELECT portal_protect('vclusters', 'tenant_id');
SELECT portal_protect('operations', 'tenant_id');
SELECT portal_protect('changes', 'tenant_id');
SELECT portal_protect('vcluster_events', 'vcluster_id', 'vclusters');
SELECT portal_protect('operation_steps', 'operation_id', 'operations');
SELECT portal_protect('operation_logs', 'operation_id', 'operations');

-- What belongs to the organization as a whole (sign-ins, hosts) is written by everybody and read by those who see all.
-- The path is that of the time of the row: it tells who could see the object then.
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON audit_events
    USING ((SELECT portal_sees_all()) OR tenant_path && (SELECT portal_scope()))
    WITH CHECK ((SELECT portal_sees_all()) OR tenant_path IS NULL OR tenant_path && (SELECT portal_scope()));

-- What tenants have on simulated hosts, and answers that were given to somebody.
SELECT portal_hide('simulated_releases');
SELECT portal_hide('idempotency_keys');
