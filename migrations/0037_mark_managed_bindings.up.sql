-- The identity provider that gave a role and may take it back at a later sign-in; NULL for roles given by people.
ALTER TABLE role_bindings ADD COLUMN managed_by text;
