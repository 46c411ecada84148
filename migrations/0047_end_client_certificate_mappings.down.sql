-- Without its end, a mapping that has ended would work again.
DELETE FROM client_certificate_mappings WHERE expires_at IS NOT NULL;

ALTER TABLE client_certificate_mappings DROP COLUMN expires_at;
