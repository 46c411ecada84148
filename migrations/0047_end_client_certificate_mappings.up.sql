-- When a certificate stops standing for its account, whatever the certificate itself says; NULL: until it is removed.
ALTER TABLE client_certificate_mappings
    ADD COLUMN expires_at timestamptz,
    ADD CONSTRAINT client_certificate_mappings_expire_after_creation CHECK (expires_at > created_at);
