DROP TRIGGER tenants_add_counters ON tenants;
DROP FUNCTION tenants_add_counters();
DROP TABLE quota_reservations, quota_extended_counters, quota_counters, quota_limits, tenant_quotas;
DROP DOMAIN quota_amounts, quota_pieces;
