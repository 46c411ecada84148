-- Which token made a token: with it go the tokens that it made, and those that they made. NULL for those that a person
-- made in a session, a certificate or the command line, and for those made before this was noted.
ALTER TABLE api_tokens ADD COLUMN made_by uuid REFERENCES api_tokens (id) ON DELETE SET NULL;

CREATE INDEX api_tokens_by_maker ON api_tokens (made_by) WHERE made_by IS NOT NULL;
