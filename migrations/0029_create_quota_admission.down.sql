DROP FUNCTION quota_unbounded(uuid, text[]);
DROP FUNCTION quota_shift(
    uuid, uuid, bigint[], bigint[], bigint[], bigint[], text[], bigint[], bigint[], bigint[], bigint[]
);
