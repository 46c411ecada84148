-- Which identity provider vouched for the user; NULL for a password. Signing out offers to sign out there as well.
ALTER TABLE sessions ADD COLUMN provider text;
