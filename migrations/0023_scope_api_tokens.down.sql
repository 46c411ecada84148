SELECT portal_unprotect('api_tokens');

-- A token that loses its scope would do more than was meant.
DELETE FROM api_tokens WHERE scope_tenant_id IS NOT NULL OR scope_permissions IS NOT NULL;

ALTER TABLE api_tokens DROP COLUMN scope_tenant_id, DROP COLUMN scope_permissions;
