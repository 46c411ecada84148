/// A move of a subtree, with everything that decides whether it can be done.
public struct QuotaMove: Sendable, Hashable {
    /// A user with vclusters in the subtree.
    public struct Owner: Sendable, Hashable {
        /// What the user has in the subtree.
        public var moved: QuotaAmounts
        /// What the user has below each of the new ancestors already, in the order of `levels`.
        public var used: [QuotaAmounts]

        /// Makes an owner.
        public init(moved: QuotaAmounts, used: [QuotaAmounts]) {
            self.moved = moved
            self.used = used
        }
    }

    /// The subtree with its limits and its use.
    public var subtree: QuotaLevel
    /// The limits of the child of `branch` that the subtree belonged to; its own when it was that child.
    public var oldChild: QuotaLimits
    /// The last ancestor that both places share, its slices as they will be; nothing grows there.
    public var branch: QuotaLevel
    /// The new ancestors below the branch, root first: their use as it is, their slices as they will be.
    public var levels: [QuotaLevel]
    /// The users whose caps may be touched.
    public var owners: [Owner]

    /// Makes a move.
    public init(
        of subtree: QuotaLevel,
        outOf oldChild: QuotaLimits,
        branch: QuotaLevel,
        through levels: [QuotaLevel],
        owners: [Owner] = []
    ) {
        self.subtree = subtree
        self.oldChild = oldChild
        self.branch = branch
        self.levels = levels
        self.owners = owners
    }
}

extension QuotaRule {
    /// Everything that a move would break, in the order in which the database looks: the first is what it refuses with.
    ///
    /// - Returns: Levels root first, then the slices of the new parent, then the caps of users; empty when all bear it.
    public static func refusals(of move: QuotaMove) -> [QuotaRefusal] {
        let change = move.subtree.use
        var refusals: [QuotaRefusal] = []
        let chain = move.levels.map(\.limits) + [move.subtree.limits]
        for dimension in change.dimensions where move.oldChild[dimension].amount != nil {
            // It leaves a slice of the branch: from now on it needs a place in the remainder, unless it finds a slice.
            if chain[0][dimension].amount == nil,
                let broken = remainder(of: move.branch, change, dimension, grows: false)
            {
                refusals.append(broken)
            }
        }
        for (index, level) in move.levels.enumerated() {
            for dimension in change.dimensions {
                if let broken = limits(of: level, change, dimension) {
                    refusals.append(broken)
                } else if chain[index + 1][dimension].amount == nil,
                    let broken = remainder(of: level, change, dimension)
                {
                    refusals.append(broken)
                }
            }
        }
        return refusals + slices(of: move) + caps(of: move)
    }

    private static func slices(of move: QuotaMove) -> [QuotaRefusal] {
        let parent = move.levels.last ?? move.branch
        return brokenSlices(of: parent).compactMap { broken in
            guard let amount = move.subtree.limits[broken.dimension].amount, amount > 0 else { return nil }
            return QuotaRefusal(
                .slices,
                at: parent.tenantID,
                named: parent.tenantName,
                in: broken.dimension,
                limit: broken.limit,
                used: broken.slices - amount,
                requested: amount,
                configured: broken.limit
            )
        }
    }

    private static func caps(of move: QuotaMove) -> [QuotaRefusal] {
        move.levels.enumerated().flatMap { index, level in
            level.limits.dimensions.flatMap { dimension -> [QuotaRefusal] in
                guard let cap = level.limits[dimension].userCap else { return [] }
                return move.owners.compactMap { owner in
                    level.check(.user, dimension, cap, owner.used[index][dimension], owner.moved[dimension])
                }
            }
        }
    }
}
