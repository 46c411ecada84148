/// One tenant of a chain with everything that an admission looks at.
public struct QuotaLevel: Sendable, Hashable {
    /// The tenant.
    public var tenantID: TenantID
    /// Its name.
    public var tenantName: String
    /// Its limits.
    public var limits: QuotaLimits
    /// What its subtree uses.
    public var use: QuotaUse
    /// What its children have cut out of it, by dimension; only read where `limits.isStrict`.
    public var slices: [QuotaDimension: QuotaSlices]
    /// What the user in question has reserved in its subtree.
    public var ownerUse: QuotaAmounts

    /// Makes a level.
    public init(
        tenantID: TenantID,
        tenantName: String,
        limits: QuotaLimits = QuotaLimits(),
        use: QuotaUse = QuotaUse(),
        slices: [QuotaDimension: QuotaSlices] = [:],
        ownerUse: QuotaAmounts = .zero
    ) {
        self.tenantID = tenantID
        self.tenantName = tenantName
        self.limits = limits
        self.use = use
        self.slices = slices
        self.ownerUse = ownerUse
    }
}

/// What the children of a tenant that have a limit of their own in a dimension have together.
public struct QuotaSlices: Sendable, Hashable {
    /// The sum of their limits.
    public var amount: Int64
    /// The sum of their limits with overcommit.
    public var bound: Int64
    /// The sum of what they use in the three classes.
    public var used: Int64
    /// The guaranteed part of `used`.
    public var guaranteed: Int64
    /// What they use as batch.
    public var batch: Int64

    /// Makes a sum.
    public init(amount: Int64 = 0, bound: Int64 = 0, used: Int64 = 0, guaranteed: Int64 = 0, batch: Int64 = 0) {
        self.amount = amount
        self.bound = bound
        self.used = used
        self.guaranteed = guaranteed
        self.batch = batch
    }

    /// The sum with one more child; limits beyond 64 bits count as the largest number.
    public func adding(_ limit: QuotaLimit, _ use: QuotaUse, in dimension: QuotaDimension) -> QuotaSlices {
        guard let amount = limit.amount, let bound = limit.bound else { return self }
        return QuotaSlices(
            amount: self.amount.adding(clamping: amount),
            bound: self.bound.adding(clamping: bound),
            used: used + use.used[dimension],
            guaranteed: guaranteed + use.guaranteed[dimension],
            batch: batch + use.batch[dimension]
        )
    }
}

extension Int64 {
    /// The sum, or the largest number where the sum is beyond it.
    func adding(clamping other: Int64) -> Int64 { Int64(clamping: Int128(self) + Int128(other)) }
}
