/// What a tenant may use, uses, and has left, and which level of its chain bounds that.
public struct QuotaReport: Sendable, Hashable {
    /// One dimension.
    public struct Row: Sendable, Hashable {
        /// The dimension.
        public var dimension: QuotaDimension
        /// The tenant's own limit as it counts now, with loans; empty when it has none.
        public var limit: QuotaLimit
        /// What the vclusters of the tenant itself take.
        public var own: Int64
        /// What the whole subtree takes, by class.
        public var used: Int64
        /// The part of `used` that is guaranteed.
        public var guaranteed: Int64
        /// What batch vclusters of the subtree take beside `used`.
        public var batch: Int64
        /// The part of `used` and `batch` that is held for changes which have not begun.
        public var reserved: Int64
        /// What the tenant has lent to siblings; not in `limit`.
        public var lent: Int64 = 0
        /// What the tenant has borrowed from siblings; in `limit`.
        public var borrowed: Int64 = 0
        /// The most that the tenant could lend now; nil without a limit of its own.
        public var lendable: Int64?
        /// How much more a burstable vcluster of the tenant could take; nil when no level limits the dimension.
        public var headroom: Int64?
        /// The level that leaves the least; nil when none limits the dimension.
        public var boundedBy: Bound?

        /// Whether the subtree takes more than its own limit allows: growth in this dimension is refused.
        public var isOver: Bool { limit.bound.map { used > $0 } ?? false }
    }

    /// A level that bounds a dimension: of a tenant that the caller cannot see this much and no more is told.
    public struct Bound: Sendable, Hashable {
        /// The tenant.
        public var tenantID: TenantID
        /// Its name.
        public var tenantName: String
        /// How far its subtree may reserve, overcommit included.
        public var limit: Int64
        /// What its subtree has reserved.
        public var used: Int64
        /// What is left there for the tenant of the report.
        public var headroom: Int64
    }

    /// One tenant of the chain.
    public struct Level: Sendable, Hashable {
        /// The tenant.
        public var tenantID: TenantID
        /// Its name.
        public var tenantName: String
        /// Whether the limits of its children may not add up to more than its own.
        public var isStrict: Bool
        /// The dimensions that it limits, in order; of a tenant that the caller cannot see only those it bounds.
        public var rows: [(dimension: QuotaDimension, bound: Bound)]

        /// Compares everything.
        public static func == (left: Self, right: Self) -> Bool {
            left.tenantID == right.tenantID && left.tenantName == right.tenantName && left.isStrict == right.isStrict
                && left.rows.elementsEqual(right.rows) { $0 == $1 }
        }

        /// Hashes what names the level.
        public func hash(into hasher: inout Hasher) { hasher.combine(tenantID) }
    }

    /// The tenant.
    public var tenantID: TenantID
    /// Its name.
    public var tenantName: String
    /// Its limits as they are set, without loans.
    public var limits: QuotaLimits
    /// The built-in dimensions in order, then the extended resources that are limited or used.
    public var rows: [Row]
    /// The chain, root first, the tenant itself last; levels that say nothing are left out.
    public var levels: [Level]

    /// The entity tag of the limits.
    public var etag: ETag { limits.etag }
}

extension QuotaReport {
    /// Makes the report of the last level of a chain.
    ///
    /// - Parameters:
    ///   - chain: All levels, root first.
    ///   - own: What the vclusters of the tenant itself take.
    ///   - isVisible: Whether the caller sees a tenant.
    init?(_ chain: [QuotaLevel], own: QuotaAmounts, isVisible: (TenantID) -> Bool) {
        guard let last = chain.last else { return nil }
        let named = Set(chain.flatMap(\.limits.dimensions) + last.use.dimensions)
            .filter { $0.index == nil }
        let dimensions = QuotaDimension.builtIn + named.sorted()
        let rows = dimensions.map { Self.row($0, chain, last, own: own) }
        tenantID = last.tenantID
        tenantName = last.tenantName
        limits = last.limits
        self.rows = rows
        levels = chain.indices.compactMap { index -> Level? in
            let level = chain[index]
            let isSeen = isVisible(level.tenantID)
            let bounds = dimensions.compactMap { dimension -> (dimension: QuotaDimension, bound: Bound)? in
                guard let bound = Self.bound(dimension, at: index, in: chain) else { return nil }
                let isBounding = rows.contains { $0.dimension == dimension && $0.boundedBy == bound }
                return isSeen || isBounding ? (dimension, bound) : nil
            }
            guard isSeen || !bounds.isEmpty else { return nil }
            return Level(
                tenantID: level.tenantID,
                tenantName: level.tenantName,
                isStrict: level.limits.isStrict,
                rows: bounds
            )
        }
    }

    private static func row(
        _ dimension: QuotaDimension,
        _ chain: [QuotaLevel],
        _ last: QuotaLevel,
        own: QuotaAmounts
    ) -> Row {
        let bounds = chain.indices.compactMap { bound(dimension, at: $0, in: chain) }
        // The first of equals, root first: the level that a refusal would name.
        let tightest = bounds.min { $0.headroom < $1.headroom }
        return Row(
            dimension: dimension,
            limit: last.limits[dimension],
            own: own[dimension],
            used: last.use.used[dimension],
            guaranteed: last.use.guaranteed[dimension],
            batch: last.use.batch[dimension],
            reserved: last.use.held[dimension],
            headroom: tightest?.headroom,
            boundedBy: tightest
        )
    }

    private static func bound(_ dimension: QuotaDimension, at index: Int, in chain: [QuotaLevel]) -> Bound? {
        let level = chain[index]
        let next = index + 1 < chain.count ? chain[index + 1].limits : nil
        guard let limit = level.limits[dimension].bound,
            let headroom = QuotaRule.headroom(of: level, in: dimension, next: next)
        else { return nil }
        return Bound(
            tenantID: level.tenantID,
            tenantName: level.tenantName,
            limit: limit,
            used: level.use.used[dimension],
            headroom: headroom
        )
    }
}
