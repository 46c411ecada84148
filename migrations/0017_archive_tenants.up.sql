-- A tenant with a history is archived instead of removed: its name stays for the ledger and the audit trail, and no
-- list shows it unless asked.
ALTER TABLE tenants ADD COLUMN archived_at timestamptz;

ALTER TABLE tenants ADD CONSTRAINT tenants_root_is_not_archived CHECK (archived_at IS NULL OR parent_id IS NOT NULL);

-- The live children of a tenant in the order in which the tree shows them, and how many there are.
CREATE INDEX tenants_live_children ON tenants (parent_id, lower(name), id) WHERE archived_at IS NULL;
