DROP TABLE tenants;
DROP FUNCTION tenants_check_path();
