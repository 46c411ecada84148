-- Archived tenants have no slices: nothing can be reserved in them, and a strict parent hands out what they had.

-- What the live children of a tenant that have a limit of their own in a dimension have together, always one row: their
-- limits, these with overcommit, and what they use. Sums beyond 64 bits are the largest number.
CREATE OR REPLACE FUNCTION quota_slices(parent uuid, of_dimension text)
RETURNS TABLE (amount bigint, bound bigint, used bigint, guaranteed bigint, batch bigint) LANGUAGE sql STABLE AS $$
    SELECT least(coalesce(sum(l.amount), 0), 9223372036854775807)::bigint,
        least(coalesce(sum(quota_bound(l.amount, l.overcommit)), 0), 9223372036854775807)::bigint,
        coalesce(sum(u.used), 0)::bigint,
        coalesce(sum(u.guaranteed), 0)::bigint,
        coalesce(sum(u.batch), 0)::bigint
    FROM tenants AS child
    JOIN quota_effective_limits AS l
        ON l.tenant_id = child.id AND l.dimension = of_dimension AND l.amount IS NOT NULL
    LEFT JOIN quota_usage AS u ON u.tenant_id = child.id AND u.dimension = of_dimension
    WHERE child.parent_id = parent AND child.archived_at IS NULL
$$;
