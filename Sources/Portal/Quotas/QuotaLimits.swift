/// The limit of one dimension at one tenant.
public struct QuotaLimit: Sendable, Hashable {
    /// What the subtree may reserve before overcommit, ≥ 0; nil leaves it to the ancestors.
    public var amount: Int64?
    /// How much reservations may exceed the amount, in thousandths: 1000 not at all, 1500 by half.
    public var overcommitPerMille: Int
    /// What all vclusters of one user in the subtree may take, ≥ 0; nil for no cap.
    public var userCap: Int64?

    /// The factors that an overcommit may have, in thousandths.
    public static let overcommitRange = 1000...100_000

    /// Makes a limit without overcommit unless told.
    public init(amount: Int64? = nil, overcommitPerMille: Int = 1000, userCap: Int64? = nil) {
        self.amount = amount
        self.overcommitPerMille = overcommitPerMille
        self.userCap = userCap
    }

    /// How far guaranteed and burstable reservations may add up: amount × overcommit, rounded down; nil for no limit.
    public var bound: Int64? {
        guard let amount else { return nil }
        // At most 2⁶³ × 10⁵, far inside of Int128.
        let product = Int128(amount) * Int128(overcommitPerMille) / 1000
        return Int64(clamping: product)
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { amount == nil && userCap == nil }
}

/// The limits of one tenant.
public struct QuotaLimits: Sendable, Hashable {
    /// The limits by dimension; none of them is empty.
    public private(set) var byDimension: [QuotaDimension: QuotaLimit]
    /// Whether the limits of the children may not add up to more than these.
    public var isStrict: Bool
    /// Grows with every change; 0 before the first.
    public var version: Int64

    /// No limits.
    public init(_ byDimension: [QuotaDimension: QuotaLimit] = [:], isStrict: Bool = false, version: Int64 = 0) {
        self.byDimension = byDimension.filter { !$0.value.isEmpty }
        self.isStrict = isStrict
        self.version = version
    }

    /// The limit of a dimension; an empty one when there is none.
    public subscript(dimension: QuotaDimension) -> QuotaLimit {
        get { byDimension[dimension] ?? QuotaLimit() }
        set { byDimension[dimension] = newValue.isEmpty ? nil : newValue }
    }

    /// The dimensions with a limit or a cap, in order.
    public var dimensions: [QuotaDimension] { byDimension.keys.sorted() }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}
