SELECT portal_unprotect(relation)
FROM unnest(ARRAY[
    'tenants', 'role_bindings', 'vclusters', 'operations', 'changes', 'vcluster_events', 'operation_steps',
    'operation_logs', 'audit_events', 'simulated_releases', 'idempotency_keys'
]::regclass[]) AS relation;

DROP FUNCTION portal_unprotect(regclass);
DROP FUNCTION portal_hide(regclass);
DROP FUNCTION portal_protect(regclass, name, regclass, boolean);
DROP FUNCTION portal_sees(uuid);
DROP FUNCTION portal_scope();
DROP FUNCTION portal_sees_all();
