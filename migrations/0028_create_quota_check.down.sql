DROP FUNCTION quota_refusal(uuid[], integer, integer, uuid, uuid, text[], bigint[], bigint[], bigint[]);
