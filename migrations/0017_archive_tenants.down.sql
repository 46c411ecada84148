DROP INDEX tenants_live_children;
ALTER TABLE tenants DROP CONSTRAINT tenants_root_is_not_archived;
ALTER TABLE tenants DROP COLUMN archived_at;
