-- Client certificates that stand for a service account, by one of their names, compared as a whole. The server has verified
-- the certificate before anything is looked up here.
CREATE TABLE client_certificate_mappings (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind text NOT NULL,
    value text NOT NULL,
    -- RFC 2253; NULL: any trusted authority may have issued the certificate.
    issuer text,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT client_certificate_mappings_kind_is_known CHECK (kind IN ('fingerprint', 'subject', 'uri', 'dns', 'email')),
    -- Two authorities may give the same name to two parties.
    CONSTRAINT client_certificate_mappings_subject_has_issuer CHECK (kind <> 'subject' OR issuer IS NOT NULL)
);

CREATE UNIQUE INDEX client_certificate_mappings_name_is_unique
    ON client_certificate_mappings (kind, value, issuer) NULLS NOT DISTINCT;
CREATE INDEX client_certificate_mappings_by_user ON client_certificate_mappings (user_id, id DESC);
