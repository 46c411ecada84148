ALTER TABLE sessions DROP COLUMN provider;
