/// What other limits, or another place in the tree, would break.
public struct QuotaPreview: Sendable, Hashable {
    /// One rule that would not hold.
    public struct Violation: Sendable, Hashable {
        /// The rule, the level and the numbers.
        public var refusal: QuotaRefusal
        /// Whether the change is refused because of it; otherwise the level is over its quota afterwards, and only growth
        /// is refused.
        public var isBlocking: Bool

        /// Makes a violation.
        public init(_ refusal: QuotaRefusal, isBlocking: Bool) {
            self.refusal = refusal
            self.isBlocking = isBlocking
        }
    }

    /// Everything that would not hold, levels root first.
    public var violations: [Violation]

    /// Makes a preview.
    public init(_ violations: [Violation]) {
        self.violations = violations
    }

    /// Whether the change could be made.
    public var isAllowed: Bool { !violations.contains(where: \.isBlocking) }
}

extension QuotaRule {
    /// What other limits of a tenant would break.
    ///
    /// - Parameters:
    ///   - new: The limits.
    ///   - level: The tenant as it is; its slices are read whether it is strict or not.
    ///   - parent: The level above; nil for the root.
    ///   - largestOwner: What the user with most has in the subtree, by dimension.
    /// - Returns: Slices block; use beyond a limit, a remainder or a cap is told and allowed.
    public static func violations(
        of new: QuotaLimits,
        at level: QuotaLevel,
        below parent: QuotaLevel?,
        largestOwner: QuotaAmounts
    ) -> [QuotaPreview.Violation] {
        var violations: [QuotaPreview.Violation] = []
        if let before = parent {
            var parent = before
            for dimension in Set(new.dimensions + level.limits.dimensions) {
                parent.slices[dimension] = (parent.slices[dimension] ?? QuotaSlices())
                    .removing(level.limits[dimension], level.use, in: dimension)
                    .adding(new[dimension], level.use, in: dimension)
            }
            violations += slices(of: parent, since: before, raised: new)
            violations += new.dimensions.flatMap { overRemainder(of: parent, in: $0) }
        }
        var changed = level
        changed.limits = new
        violations += slices(of: changed, since: level, raised: nil)
        for dimension in new.dimensions {
            violations += over(changed, in: dimension, largestOwner: largestOwner[dimension])
        }
        return violations
    }

    private static func slices(
        of level: QuotaLevel,
        since before: QuotaLevel,
        raised: QuotaLimits?
    ) -> [QuotaPreview.Violation] {
        brokenSlices(of: level, since: before).map { broken in
            let own = raised?[broken.dimension].amount ?? 0
            let refusal = QuotaRefusal(
                .slices,
                at: level.tenantID,
                named: level.tenantName,
                in: broken.dimension,
                limit: broken.limit,
                used: broken.slices - own,
                requested: own,
                configured: level.limits[broken.dimension].amount ?? broken.limit
            )
            return QuotaPreview.Violation(refusal, isBlocking: true)
        }
    }

    /// What a tenant would be over afterwards; nothing of it is refused.
    private static func over(
        _ level: QuotaLevel,
        in dimension: QuotaDimension,
        largestOwner: Int64
    ) -> [QuotaPreview.Violation] {
        let limit = level.limits[dimension]
        let use = level.use
        var found: [QuotaPreview.Violation] = []
        if let amount = limit.amount, let bound = limit.bound {
            found += exceeds(level, .limit, dimension, bound, use.used[dimension])
            found += exceeds(level, .guaranteed, dimension, amount, use.guaranteed[dimension])
            if use.batch[dimension] > 0, found.isEmpty {
                found += exceeds(level, .batch, dimension, amount, use.used[dimension] + use.batch[dimension])
            }
        }
        if let cap = limit.userCap { found += exceeds(level, .user, dimension, cap, largestOwner) }
        return found + overRemainder(of: level, in: dimension)
    }

    private static func overRemainder(
        of level: QuotaLevel,
        in dimension: QuotaDimension
    ) -> [QuotaPreview.Violation] {
        guard level.limits.isStrict, let bound = level.limits[dimension].bound,
            let slices = level.slices[dimension]
        else { return [] }
        let own = level.use.used[dimension] - slices.used
        return exceeds(level, .remainder, dimension, max(0, bound - slices.bound), own)
    }

    private static func exceeds(
        _ level: QuotaLevel,
        _ reason: QuotaRefusal.Reason,
        _ dimension: QuotaDimension,
        _ limit: Int64,
        _ used: Int64
    ) -> [QuotaPreview.Violation] {
        guard used > limit else { return [] }
        let refusal = QuotaRefusal(
            reason,
            at: level.tenantID,
            named: level.tenantName,
            in: dimension,
            limit: limit,
            used: used,
            requested: 0,
            configured: (reason == .user ? level.limits[dimension].userCap : level.limits[dimension].amount) ?? limit
        )
        return [QuotaPreview.Violation(refusal, isBlocking: false)]
    }
}

extension QuotaSlices {
    /// The sum without one child; one that is beyond 64 bits stays there, since nobody knows how far.
    func removing(_ limit: QuotaLimit, _ use: QuotaUse, in dimension: QuotaDimension) -> QuotaSlices {
        guard let amount = limit.amount, let bound = limit.bound else { return self }
        return QuotaSlices(
            amount: self.amount == .max ? .max : self.amount - amount,
            bound: self.bound == .max ? .max : self.bound - bound,
            used: used - use.used[dimension],
            guaranteed: guaranteed - use.guaranteed[dimension],
            batch: batch - use.batch[dimension]
        )
    }
}
