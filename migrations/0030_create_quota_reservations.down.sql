DROP FUNCTION quota_release(uuid, timestamptz);
DROP FUNCTION quota_restore(uuid, timestamptz);
DROP FUNCTION quota_reserve(
    uuid, text, uuid, uuid, text, bigint[], jsonb, text[], text, timestamptz, timestamptz
);
