-- Behind the wall an index serves only operators that cannot tell anybody about rows they did not ask for (leakproof
-- ones), and those on arrays and documents are not among them. A subtree is found by equality instead, level by level:
-- its root stands at the same place of all paths in it. The root of all needs no index, it selects everything.
DROP INDEX tenants_by_path;
CREATE INDEX tenants_by_level_2 ON tenants ((path[2]), id) WHERE path[2] IS NOT NULL;
CREATE INDEX tenants_by_level_3 ON tenants ((path[3]), id) WHERE path[3] IS NOT NULL;
CREATE INDEX tenants_by_level_4 ON tenants ((path[4]), id) WHERE path[4] IS NOT NULL;
CREATE INDEX tenants_by_level_5 ON tenants ((path[5]), id) WHERE path[5] IS NOT NULL;
CREATE INDEX tenants_by_level_6 ON tenants ((path[6]), id) WHERE path[6] IS NOT NULL;
CREATE INDEX tenants_by_level_7 ON tenants ((path[7]), id) WHERE path[7] IS NOT NULL;
CREATE INDEX tenants_by_level_8 ON tenants ((path[8]), id) WHERE path[8] IS NOT NULL;

DROP INDEX audit_events_by_tenant_path;
CREATE INDEX audit_events_by_level_2 ON audit_events ((tenant_path[2]), at, id)
    WHERE tenant_path[2] IS NOT NULL;
CREATE INDEX audit_events_by_level_3 ON audit_events ((tenant_path[3]), at, id)
    WHERE tenant_path[3] IS NOT NULL;
CREATE INDEX audit_events_by_level_4 ON audit_events ((tenant_path[4]), at, id)
    WHERE tenant_path[4] IS NOT NULL;
CREATE INDEX audit_events_by_level_5 ON audit_events ((tenant_path[5]), at, id)
    WHERE tenant_path[5] IS NOT NULL;
CREATE INDEX audit_events_by_level_6 ON audit_events ((tenant_path[6]), at, id)
    WHERE tenant_path[6] IS NOT NULL;
CREATE INDEX audit_events_by_level_7 ON audit_events ((tenant_path[7]), at, id)
    WHERE tenant_path[7] IS NOT NULL;
CREATE INDEX audit_events_by_level_8 ON audit_events ((tenant_path[8]), at, id)
    WHERE tenant_path[8] IS NOT NULL;

-- Labels are looked for among the rows that a list walks anyway; the index could not be used any more.
DROP INDEX vclusters_live_by_labels;
