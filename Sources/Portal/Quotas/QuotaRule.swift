/// The rule of nested quotas as a pure function: what the database decides in `quota_refusal`, for previews.
///
/// A change of use counts at every level of its chain. It is admitted when every level bears it, in every dimension in
/// which it grows:
/// - guaranteed and burstable reservations together stay within limit × overcommit, rounded down (`limit`);
/// - guaranteed ones alone stay within the limit itself (`guaranteed`);
/// - batch ones fit into what the others leave of the limit itself (`batch`); later growth of the others is not refused
///   because of them, the batch vclusters are suspended instead;
/// - where a tenant is strict, whatever does not belong to a child with a limit of its own has to fit into what those
///   limits leave (`remainder`);
/// - the vclusters of one user stay within the cap of every level that has one (`user`).
///
/// What does not grow is always allowed, however far a level is over its limit.
public enum QuotaRule {
    /// The first level that a change breaks.
    ///
    /// - Parameters:
    ///   - change: What is added to the use of every level.
    ///   - levels: The chain, root first, as it is before the change.
    ///   - isOwned: Whether the change belongs to a user, whose caps then count.
    /// - Returns: The refusal of the first level, root first, and of its first dimension; nil when all bear it.
    public static func refusal(of change: QuotaUse, along levels: [QuotaLevel], isOwned: Bool) -> QuotaRefusal? {
        for (index, level) in levels.enumerated() {
            let next = index + 1 < levels.count ? levels[index + 1].limits : nil
            for dimension in change.dimensions {
                let isInSlice = next?[dimension].amount != nil
                let verdict =
                    limits(of: level, change, dimension)
                    ?? (isInSlice ? nil : remainder(of: level, change, dimension))
                    ?? (isOwned ? cap(of: level, change, dimension) : nil)
                if let verdict { return verdict }
            }
        }
        return nil
    }

    /// The dimensions in which the slices of a strict tenant's children are more than the tenant has.
    ///
    /// They have to fit as they are and with their overcommit: what a child may reserve has to be there.
    ///
    /// Slices may be too much without anybody's change, when a loan between the children ends. So a change is measured by
    /// what it makes worse: what it leaves as it was, or brings closer to what is right, is not its fault.
    ///
    /// - Parameters:
    ///   - level: The tenant after a change.
    ///   - before: The tenant before it; nil measures by nothing, as when a child comes from elsewhere.
    /// - Returns: The broken dimensions in order, with what the children have together.
    public static func brokenSlices(
        of level: QuotaLevel,
        since before: QuotaLevel? = nil
    ) -> [(dimension: QuotaDimension, limit: Int64, slices: Int64)] {
        level.limits.dimensions.compactMap { dimension in
            guard let limit = level.limits[dimension].amount, let bound = level.limits[dimension].bound,
                let slices = level.slices[dimension]
            else { return nil }
            let now = level.excessOfSlices(dimension)
            let was = before?.excessOfSlices(dimension) ?? (amount: 0, bound: 0)
            if now.amount > was.amount { return (dimension, limit, slices.amount) }
            if now.bound > was.bound { return (dimension, bound, slices.bound) }
            return nil
        }
    }

    /// What a level leaves for burstable vclusters, whatever the other levels say.
    ///
    /// - Parameters:
    ///   - level: The level.
    ///   - dimension: The dimension.
    ///   - next: The limits of the next level of the chain; nil for vclusters of the level itself.
    /// - Returns: nil when the level does not limit the dimension; never negative.
    public static func headroom(of level: QuotaLevel, in dimension: QuotaDimension, next: QuotaLimits?) -> Int64? {
        guard let bound = level.limits[dimension].bound else { return nil }
        var left = bound - level.use.used[dimension]
        if level.limits.isStrict, next?[dimension].amount == nil, let slices = level.slices[dimension] {
            left = min(left, max(0, bound - slices.bound) - (level.use.used[dimension] - slices.used))
        }
        return max(0, left)
    }

    static func limits(of level: QuotaLevel, _ change: QuotaUse, _ dimension: QuotaDimension) -> QuotaRefusal? {
        guard let amount = level.limits[dimension].amount, let bound = level.limits[dimension].bound else { return nil }
        let use = level.use
        let total = use.used[dimension] + use.batch[dimension] + change.used[dimension]
        return level.check(.limit, dimension, bound, use.used[dimension], change.used[dimension])
            ?? level.check(.guaranteed, dimension, amount, use.guaranteed[dimension], change.guaranteed[dimension])
            ?? level.check(.batch, dimension, amount, total, change.batch[dimension])
    }

    static func remainder(
        of level: QuotaLevel,
        _ change: QuotaUse,
        _ dimension: QuotaDimension,
        grows: Bool = true
    ) -> QuotaRefusal? {
        guard level.limits.isStrict, let amount = level.limits[dimension].amount,
            let bound = level.limits[dimension].bound
        else { return nil }
        let slices = level.slices[dimension] ?? QuotaSlices()
        // Where the level has the change among its use already, it must not count twice.
        let use = grows ? level.use : level.use - change
        let used = use.used[dimension] - slices.used
        let guaranteed = use.guaranteed[dimension] - slices.guaranteed
        let total = used + use.batch[dimension] - slices.batch + change.used[dimension]
        let left = max(0, amount - slices.amount)
        return level.check(.remainder, dimension, max(0, bound - slices.bound), used, change.used[dimension])
            ?? level.check(.remainder, dimension, left, guaranteed, change.guaranteed[dimension])
            ?? level.check(.remainder, dimension, left, total, change.batch[dimension])
    }

    private static func cap(of level: QuotaLevel, _ change: QuotaUse, _ dimension: QuotaDimension) -> QuotaRefusal? {
        guard let cap = level.limits[dimension].userCap else { return nil }
        return level.check(.user, dimension, cap, level.ownerUse[dimension], change.total[dimension])
    }
}

extension QuotaLevel {
    /// By how much the slices of a strict tenant are more than it has, as they are and with overcommit, each ≥ 0.
    fileprivate func excessOfSlices(_ dimension: QuotaDimension) -> (amount: Int64, bound: Int64) {
        guard limits.isStrict, let amount = limits[dimension].amount, let bound = limits[dimension].bound,
            let slices = slices[dimension]
        else { return (0, 0) }
        return (max(0, slices.amount - amount), max(0, slices.bound - bound))
    }

    /// A refusal when something grows and would then be more than its limit.
    func check(
        _ reason: QuotaRefusal.Reason,
        _ dimension: QuotaDimension,
        _ limit: Int64,
        _ used: Int64,
        _ requested: Int64
    ) -> QuotaRefusal? {
        guard requested > 0, used + requested > limit else { return nil }
        return QuotaRefusal(
            reason,
            at: tenantID,
            named: tenantName,
            in: dimension,
            limit: limit,
            used: used,
            requested: requested,
            configured: (reason == .user ? limits[dimension].userCap : limits[dimension].amount) ?? limit
        )
    }
}
