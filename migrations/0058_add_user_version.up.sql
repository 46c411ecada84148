-- What is compared with the version that was read before an account is changed; see docs/concepts.md.
ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1;
