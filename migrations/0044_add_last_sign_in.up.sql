-- When somebody signed in last, by whatever way: people see in it whether it was them, admins which accounts are not used.
-- The sessions do not tell, because they go when they end.
ALTER TABLE users ADD COLUMN signed_in_at timestamptz;
