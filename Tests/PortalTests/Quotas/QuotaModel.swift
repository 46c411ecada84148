import Portal

/// A tree of quotas in memory, decided by `QuotaRule`: the twin of the database.
struct QuotaModel {
    private let quotaCase: QuotaCase
    private var parents: [String: String?]
    private var reservations: [QuotaCase.Given]
    private let ids: [String: TenantID]

    init(_ quotaCase: QuotaCase, ids: [String: TenantID]) {
        self.quotaCase = quotaCase
        self.ids = ids
        parents = Dictionary(uniqueKeysWithValues: quotaCase.places.map { ($0.name, $0.parent) })
        reservations = quotaCase.given
    }

    /// What the rule says of the action of the case.
    mutating func refusal() -> QuotaRefusal? {
        switch quotaCase.action {
        case .reserve(let new):
            return refusal(of: new.use, at: new.tenant, owner: new.owner)
        case .resize(let index, let amounts):
            let old = reservations[index]
            var new = old
            new.amounts = amounts
            return refusal(of: new.use - old.use, at: old.tenant, owner: old.owner)
        case .reclassify(let index, let qosClass):
            let old = reservations[index]
            var new = old
            new.qosClass = qosClass
            return refusal(of: new.use - old.use, at: old.tenant, owner: old.owner)
        case .move(let tenant, let target):
            return refusalOfMoving(tenant, to: target)
        }
    }

    private func refusal(of change: QuotaUse, at tenant: String, owner: String?) -> QuotaRefusal? {
        QuotaRule.refusal(
            of: change,
            along: path(of: tenant).map { level($0, owner: owner) },
            isOwned: owner != nil
        )
    }

    private mutating func refusalOfMoving(_ tenant: String, to target: String) -> QuotaRefusal? {
        let from = Array(path(of: tenant).dropLast())
        let to = path(of: target)
        let shared = zip(from, to).prefix { $0 == $1 }.count
        let subtree = level(tenant)
        let fresh = to.dropFirst(shared)
        let uses = fresh.map { level($0).use }
        let branchUse = level(to[shared - 1]).use
        let moved = reservations.filter { path(of: $0.tenant).contains(tenant) }
        let owners = Set(moved.compactMap(\.owner)).sorted().map { owner in
            QuotaMove.Owner(
                moved: amounts(moved.filter { $0.owner == owner }),
                used: fresh.map { level($0, owner: owner).ownerUse }
            )
        }
        let oldChild = limits(from.count > shared ? from[shared] : tenant)
        parents[tenant] = target
        var branch = level(to[shared - 1])
        branch.use = branchUse
        let levels = zip(fresh, uses).map { name, use in
            var level = level(name)
            level.use = use
            return level
        }
        return QuotaRule.refusals(
            of: QuotaMove(of: subtree, outOf: oldChild, branch: branch, through: levels, owners: owners)
        ).first
    }

    private func limits(_ name: String) -> QuotaLimits {
        var limits = quotaCase.places.first { $0.name == name }?.limits ?? QuotaLimits()
        for loan in quotaCase.loans where !loan.hasEnded {
            for dimension in loan.amounts.dimensions {
                if loan.lender == name { limits[dimension].amount? -= loan.amounts[dimension] }
                if loan.borrower == name { limits[dimension].amount? += loan.amounts[dimension] }
            }
        }
        return limits
    }

    private func path(of name: String) -> [String] {
        guard let parent = parents[name] ?? nil else { return [name] }
        return path(of: parent) + [name]
    }

    private func amounts(_ reservations: [QuotaCase.Given]) -> QuotaAmounts {
        reservations.reduce(.zero) { $0 + $1.amounts }
    }

    private func use(_ name: String) -> QuotaUse {
        reservations.filter { path(of: $0.tenant).contains(name) }.reduce(QuotaUse()) { $0 + $1.use }
    }

    private func level(_ name: String, owner: String? = nil) -> QuotaLevel {
        let limits = limits(name)
        var slices: [QuotaDimension: QuotaSlices] = [:]
        for child in quotaCase.places.map(\.name) where parents[child] == name {
            for dimension in self.limits(child).dimensions {
                slices[dimension] = (slices[dimension] ?? QuotaSlices())
                    .adding(self.limits(child)[dimension], use(child), in: dimension)
            }
        }
        let mine = reservations.filter { $0.owner == owner && path(of: $0.tenant).contains(name) }
        return QuotaLevel(
            tenantID: ids[name] ?? TenantID(),
            tenantName: name,
            limits: limits,
            use: use(name),
            slices: slices,
            ownerUse: owner == nil ? .zero : amounts(mine)
        )
    }
}

extension QuotaCase.Given {
    /// How it counts.
    var use: QuotaUse { QuotaUse(amounts, class: qosClass, isHeld: isHeld) }
}
