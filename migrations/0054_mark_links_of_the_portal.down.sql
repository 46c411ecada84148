ALTER TABLE account_links DROP COLUMN by_portal;
