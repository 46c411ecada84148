import FoundationEssentials
import Postgres

/// The SQL of limits; callers hold the lock of all quotas.
enum QuotaLimitQueries {
    /// Writes all limits of a tenant anew; the version grows by one.
    static func replace(_ limits: QuotaLimits, of tenantID: TenantID, by userID: UserID?, at now: Date) -> [SQL] {
        [
            upsert(tenantID, isStrict: limits.isStrict, by: userID, at: now),
            "DELETE FROM quota_limits WHERE tenant_id = \(tenantID)",
        ]
            + limits.dimensions.map { insert(limits[$0], in: $0, of: tenantID) }
            + [refresh(tenantID)]
    }

    private static func upsert(_ tenantID: TenantID, isStrict: Bool, by userID: UserID?, at now: Date) -> SQL {
        """
        INSERT INTO tenant_quotas AS q (tenant_id, is_strict, updated_by, updated_at)
        VALUES (\(tenantID), \(isStrict), \(userID), \(now))
        ON CONFLICT (tenant_id) DO UPDATE SET
            is_strict = excluded.is_strict,
            version = q.version + 1,
            updated_by = excluded.updated_by,
            updated_at = excluded.updated_at
        """
    }

    private static func insert(_ limit: QuotaLimit, in dimension: QuotaDimension, of tenantID: TenantID) -> SQL {
        """
        INSERT INTO quota_limits (tenant_id, dimension, amount, overcommit, user_cap)
        VALUES (\(tenantID), \(dimension.name), \(limit.amount), \(limit.overcommitPerMille), \(limit.userCap))
        """
    }

    /// Copies the limits that count into the counters, where admissions look first: no row.
    static func refresh(_ tenantID: TenantID) -> SQL {
        "SELECT quota_refresh(\(tenantID))"
    }
}
