-- A token may do less than its owner: only in the subtree of a tenant, only with some permissions, or both.
ALTER TABLE api_tokens
    -- The token goes with the tenant: without its scope it would do more than was meant.
    ADD COLUMN scope_tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
    ADD COLUMN scope_permissions text[],
    ADD CONSTRAINT api_tokens_scope_permits_something CHECK (
        cardinality(scope_permissions) > 0 AND array_position(scope_permissions, NULL) IS NULL
    );

-- Tokens belong to their owners: the portal itself finds them, and says who may see which.
SELECT portal_hide('api_tokens');
