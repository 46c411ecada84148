import FoundationEssentials
import Postgres

extension QuotaService {
    /// What other limits of a tenant, or another place of it in the tree, would break; nothing is changed.
    ///
    /// Both at once: the subtree moves with its new limits. Needs `quotas.read` at the tenant and at the new parent. Decided
    /// in Swift over one snapshot, by the rules that the database holds changes to.
    ///
    /// - Parameters:
    ///   - patch: The limits that would change.
    ///   - parentID: The tenant that it would go below; nil leaves it where it is.
    ///   - id: The tenant.
    ///   - caller: Who asks.
    /// - Returns: Every rule that would not hold, levels root first.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`; what the change itself would be refused with beside quotas:
    ///   `.conflict` for archived tenants, for a limit below what is lent and for a move with open loans,
    ///   `.invalidArgument` on `parentId` for a place inside of the subtree, for the root and for too many levels;
    ///   `PostgresError`.
    public func preview(
        _ patch: QuotaLimitsPatch,
        movedTo parentID: TenantID? = nil,
        of id: TenantID,
        as caller: Caller
    ) async throws -> QuotaPreview {
        let tenant = try await tenant(id, requiring: .quotasRead, as: caller)
        try tenant.requireLive()
        guard let parentID, parentID != tenant.parentID else {
            return try await previewLimits(patch, of: tenant)
        }
        let parent = try await self.tenant(parentID, requiring: .quotasRead, as: caller)
        guard tenant.parentID != nil, !parent.path.contains(tenant.id) else {
            throw PortalError.invalid(
                "parentId",
                FieldErrorCode.conflict,
                "has to lie outside of \(tenant.name); the organization itself cannot move"
            )
        }
        return try await previewMove(patch, of: tenant, to: parent)
    }

    private func previewLimits(_ patch: QuotaLimitsPatch, of tenant: Tenant) async throws -> QuotaPreview {
        let ids = [tenant.parentID, tenant.id].compactMap(\.self)
        let (snapshot, owners, patch) = try await chain(.quotaChain) { transaction in
            let wanted = patch.applied(to: try await Self.configured(tenant.id, in: transaction))
            try Self.checkSize(wanted)
            try await Self.requireNotOverlent(tenant, wanted, in: transaction)
            let snapshot = try await QuotaSnapshot.load(ids, in: transaction)
            let counted = patch.counting(try await QuotaBalance.load(tenant.id, in: transaction))
            let limits = counted.applied(to: snapshot.levels[tenant.id]?.limits ?? QuotaLimits())
            return (snapshot, try await Self.largestOwners(in: tenant.id, limits, in: transaction), counted)
        }
        guard let level = snapshot.levels[tenant.id] else { throw PortalError.notFound("tenant") }
        return QuotaPreview(
            QuotaRule.violations(
                of: patch.applied(to: level.limits),
                at: level,
                below: tenant.parentID.flatMap { snapshot.levels[$0] },
                largestOwner: owners
            )
        )
    }

    private func previewMove(
        _ patch: QuotaLimitsPatch,
        of tenant: Tenant,
        to parent: Tenant
    ) async throws -> QuotaPreview {
        let from = Array(tenant.path.dropLast())
        let shared = zip(from, parent.path).prefix { $0 == $1 }.count
        let fresh = Array(parent.path.dropFirst(shared))
        let (snapshot, owners, largest) = try await chain(.quotaChain) { transaction in
            let extent = try await transaction.query(TenantMoveQueries.extent(of: tenant.id)).first
            try TenantMove.checkPlace(of: tenant, below: parent, deepest: try extent?.decode("deepest") ?? tenant.depth)
            try await Self.requireNoLoans(tenant, in: transaction)
            let ids = Set(tenant.path + parent.path).sorted()
            let snapshot = try await QuotaSnapshot.load(ids, in: transaction)
            let limits = patch.applied(to: snapshot.levels[tenant.id]?.limits ?? QuotaLimits())
            let largest = try await Self.largestOwners(in: tenant.id, limits, in: transaction)
            let owners = try await Self.owners(of: tenant.id, below: fresh, snapshot, in: transaction)
            return (snapshot, owners, largest)
        }
        guard var subtree = snapshot.levels[tenant.id], var branch = snapshot.levels[parent.path[shared - 1]] else {
            throw PortalError.notFound("tenant")
        }
        let old = subtree.limits
        let oldChild = from.count > shared ? snapshot.levels[from[shared]]?.limits ?? QuotaLimits() : old
        subtree.limits = patch.applied(to: old)
        var levels = snapshot.chain(fresh)
        for dimension in Set(old.dimensions + subtree.limits.dimensions) {
            // The slices as they will be: out of the old parent, into the new one.
            if from.count == shared {
                branch.slices[dimension] = (branch.slices[dimension] ?? QuotaSlices())
                    .removing(old[dimension], subtree.use, in: dimension)
            }
            if levels.isEmpty {
                branch.slices[dimension] = (branch.slices[dimension] ?? QuotaSlices())
                    .adding(subtree.limits[dimension], subtree.use, in: dimension)
            } else {
                levels[levels.count - 1].slices[dimension] =
                    (levels[levels.count - 1].slices[dimension] ?? QuotaSlices())
                    .adding(subtree.limits[dimension], subtree.use, in: dimension)
            }
        }
        let move = QuotaMove(of: subtree, outOf: oldChild, branch: branch, through: levels, owners: owners)
        var unchanged = subtree
        unchanged.limits = old
        let own = QuotaRule.violations(of: subtree.limits, at: unchanged, below: nil, largestOwner: largest)
        return QuotaPreview(
            QuotaRule.refusals(of: move).map { QuotaPreview.Violation($0, isBlocking: true) } + own
        )
    }

    /// What the user with most has in a subtree, in the dimensions that limits cap.
    private static func largestOwners(
        in subtree: TenantID,
        _ limits: QuotaLimits,
        in transaction: PortalTransaction
    ) async throws -> QuotaAmounts {
        let dimensions = limits.dimensions.filter { limits[$0].userCap != nil }
        guard !dimensions.isEmpty else { return .zero }
        return try QuotaAmounts(
            rows: try await transaction.query(QuotaReportQueries.largestOwners(in: subtree, dimensions: dimensions))
        )
    }

    /// What the users of a subtree have in it and below its new ancestors, where those cap their users.
    private static func owners(
        of subtree: TenantID,
        below fresh: [TenantID],
        _ snapshot: QuotaSnapshot,
        in transaction: PortalTransaction
    ) async throws -> [QuotaMove.Owner] {
        let dimensions = Set(
            snapshot.chain(fresh).flatMap { level in
                level.limits.dimensions.filter { level.limits[$0].userCap != nil }
            }
        ).sorted()
        guard !dimensions.isEmpty else { return [] }
        let rows = try await transaction.query(
            QuotaReportQueries.owners(
                of: subtree,
                below: fresh,
                dimensions: dimensions,
                rowsMax: PortalLimits.Quotas.ownerRowsMax
            )
        )
        var owners: [UserID: QuotaMove.Owner] = [:]
        for row in rows {
            guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { continue }
            let id: UserID = try row.decode("owner_id")
            let place: Int = try row.decode("place")
            let none = QuotaMove.Owner(moved: .zero, used: Array(repeating: .zero, count: fresh.count))
            var owner = owners[id] ?? none
            let amount: Int64 = try row.decode("amount")
            if place == 0 { owner.moved[dimension] = amount } else { owner.used[place - 1][dimension] = amount }
            owners[id] = owner
        }
        return owners.sorted { $0.key < $1.key }.map(\.value)
    }
}
