SELECT set_config('portal.scope', '*', true);

DELETE FROM quota_reservations;

UPDATE quota_counters SET used = DEFAULT, guaranteed = DEFAULT, batch = DEFAULT, held = DEFAULT;

DELETE FROM quota_extended_counters;
