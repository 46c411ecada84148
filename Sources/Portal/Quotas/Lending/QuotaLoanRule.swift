/// What a tenant can lend, as a pure function of its quotas.
///
/// - Only limits of one's own are lent, and never what was borrowed: in one dimension a tenant lends or borrows, so loans
///   make neither chains nor circles.
/// - What the subtree has reserved has to fit into what is left, and so do the slices of a strict lender's children.
/// - The borrower has to have a limit itself: one without is bounded by its ancestors alone, and needs no loan.
enum QuotaLoanRule {
    /// One side of a loan.
    struct Side: Sendable {
        /// Limits as they count now, loans included, and use.
        var level: QuotaLevel
        /// What it has lent and borrowed.
        var balance: QuotaBalance
    }

    /// Everything that speaks against a loan, by dimension.
    static func problems(of amounts: QuotaAmounts, from lender: Side, to borrower: Side) -> [FieldError] {
        amounts.dimensions.compactMap { dimension in
            problem(dimension, amounts[dimension], lender, borrower).map { message in
                FieldError(field: "amounts.\(dimension.name)", code: FieldErrorCode.outOfRange, message: message)
            }
        }
    }

    /// The most that a tenant can lend of a dimension now; nil when it has no limit there.
    static func lendable(_ dimension: QuotaDimension, by level: QuotaLevel) -> Int64? {
        let limit = level.limits[dimension]
        guard let amount = limit.amount else { return nil }
        var needed = max(level.use.guaranteed[dimension], atLeast(limit, for: level.use.used[dimension]))
        if level.limits.isStrict, let slices = level.slices[dimension] {
            let remainder = level.use.used[dimension] - slices.used
            needed = max(needed, slices.amount, atLeast(limit, for: slices.bound.adding(clamping: max(0, remainder))))
        }
        return max(0, amount - needed)
    }

    /// The smallest amount whose bound, overcommit included, holds a use; rounded up.
    private static func atLeast(_ limit: QuotaLimit, for use: Int64) -> Int64 {
        let factor = Int128(limit.overcommitPerMille)
        return Int64(clamping: (Int128(use) * 1000 + factor - 1) / factor)
    }

    private static func problem(
        _ dimension: QuotaDimension,
        _ amount: Int64,
        _ lender: Side,
        _ borrower: Side
    ) -> String? {
        let from = lender.level.tenantName
        guard let lendable = lendable(dimension, by: lender.level) else {
            return "cannot be lent: \(from) has no limit of its own in \(dimension.name)"
        }
        if lender.balance.borrowed[dimension] > 0 {
            return
                "cannot be lent: \(from) has borrowed \(dimension.text(lender.balance.borrowed[dimension])) of it itself"
        }
        if borrower.level.limits[dimension].amount == nil {
            return "is not needed: the borrower has no limit of its own in \(dimension.name)"
        }
        if borrower.balance.lent[dimension] > 0 {
            return "cannot be borrowed: the borrower has lent some of it to others"
        }
        guard amount > lendable else { return nil }
        return "must be at most \(dimension.text(lendable)), which \(from) does not need itself"
    }
}
