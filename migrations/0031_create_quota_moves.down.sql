DROP FUNCTION quota_move(uuid, uuid[], uuid[]);
DROP FUNCTION quota_broken_cap(uuid, uuid[]);
DROP FUNCTION quota_negative(bigint[]);
DROP FUNCTION quota_broken_slices(uuid);
