ALTER TABLE role_bindings DROP COLUMN managed_by;
