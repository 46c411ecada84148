DROP FUNCTION quota_add(
    uuid[], bigint[], bigint[], bigint[], bigint[], text[], bigint[], bigint[], bigint[], bigint[]
);
DROP FUNCTION quota_fits(bigint[], bigint[], bigint[]);
DROP FUNCTION quota_refresh(uuid);
DROP VIEW quota_usage, quota_effective_limits;
DROP FUNCTION quota_sum(bigint[], bigint[]);
DROP FUNCTION quota_bound(bigint, integer);
DROP FUNCTION quota_lock();
DROP FUNCTION quota_dimensions();
