ALTER TABLE changes DROP COLUMN previous_path;
DROP FUNCTION tenants_lock_tree();
DROP FUNCTION tenants_share_tree();
DROP TRIGGER tenants_check_moved_paths ON tenants;
DROP FUNCTION tenants_check_moved_paths();
DROP TRIGGER tenants_check_path ON tenants;

CREATE TRIGGER tenants_check_path
    BEFORE INSERT OR UPDATE OF parent_id, path ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenants_check_path();
