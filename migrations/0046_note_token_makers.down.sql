ALTER TABLE api_tokens DROP COLUMN made_by;
