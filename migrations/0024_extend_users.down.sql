DROP TABLE service_accounts;

-- Without their kind, service accounts would look like persons.
DELETE FROM users WHERE kind = 'service';

ALTER TABLE users
    DROP COLUMN kind,
    DROP COLUMN invited_at,
    DROP COLUMN away_from,
    DROP COLUMN away_until;
