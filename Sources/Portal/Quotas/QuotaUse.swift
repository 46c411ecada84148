/// What a subtree uses, by how firmly; also a change of it, then with negative amounts.
public struct QuotaUse: Sendable, Hashable {
    /// What guaranteed and burstable vclusters take, and what batch ones take that a suspension would not give back.
    public var used: QuotaAmounts
    /// The part of `used` that is guaranteed, and so has to fit without overcommit.
    public var guaranteed: QuotaAmounts
    /// What batch vclusters take and a suspension gives back; not in `used`.
    public var batch: QuotaAmounts
    /// The part of `used` and `batch` that is held for changes which have not begun.
    public var held: QuotaAmounts

    /// Makes a use.
    public init(
        used: QuotaAmounts = .zero,
        guaranteed: QuotaAmounts = .zero,
        batch: QuotaAmounts = .zero,
        held: QuotaAmounts = .zero
    ) {
        self.used = used
        self.guaranteed = guaranteed
        self.batch = batch
        self.held = held
    }

    /// How the amounts of one vcluster of a class count.
    ///
    /// A batch vcluster is suspended when a host is short, so it takes of what is idle only; what a suspension would not
    /// give back counts as that of any other.
    public init(_ amounts: QuotaAmounts, class qosClass: VClusterQoSClass, isHeld: Bool = false) {
        switch qosClass {
        case .guaranteed: self.init(used: amounts, guaranteed: amounts)
        case .burstable: self.init(used: amounts)
        case .batch: self.init(used: amounts.keptBySuspension, batch: amounts - amounts.keptBySuspension)
        }
        if isHeld { held = amounts }
    }

    /// Everything that is reserved.
    public var total: QuotaAmounts { used + batch }

    /// The dimensions in which anything is not zero, in order.
    public var dimensions: [QuotaDimension] {
        Set(used.dimensions + guaranteed.dimensions + batch.dimensions).sorted()
    }

    /// The sum.
    public static func + (left: Self, right: Self) -> Self {
        QuotaUse(
            used: left.used + right.used,
            guaranteed: left.guaranteed + right.guaranteed,
            batch: left.batch + right.batch,
            held: left.held + right.held
        )
    }

    /// The difference.
    public static func - (left: Self, right: Self) -> Self {
        QuotaUse(
            used: left.used - right.used,
            guaranteed: left.guaranteed - right.guaranteed,
            batch: left.batch - right.batch,
            held: left.held - right.held
        )
    }
}
