import FoundationEssentials
import Postgres

extension TenantService {
    /// Moves a tenant and everything below it under another tenant.
    ///
    /// Bindings inside of the subtree go with it; roles that its ancestors gave end, and those of the new ancestors
    /// begin. A custom role that is held inside has to exist at the new place. Needs `tenants.manage` at the old and at
    /// the new parent, and every permission that the new ancestors' roles give to others in the subtree. Depth, names and
    /// quotas are checked in the same transaction.
    ///
    /// - Returns: The tenant in its new place; unchanged when it is there already.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`, `.conflict` for the root, for
    ///   archived tenants and for more roles of the new ancestors than are looked at, `.invalidArgument` on `parentId` for a cycle and for too many levels, `.alreadyExists` for
    ///   the name, `.quotaExceeded` with the level that would break; `PostgresError`.
    /// - Note: Locks the tree, so it waits for all who write by a path, then both rows root first, then what changes.
    public func move(
        _ id: TenantID,
        to parentID: TenantID,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> Tenant {
        let now = time.now()
        return try await explainingQuotas(as: caller) {
            try await database.as(caller).transaction { transaction in
                try await transaction.query(TenantQueries.lockTree)
                let move = try await Self.moving(id, to: parentID, isLocking: true, as: caller, in: transaction)
                try move.tenant.etag.require(ifMatch: ifMatch)
                guard !move.changesNothing else { return move.tenant }
                try move.check(as: caller)
                try await RoleService.requireNoStrays(movingSubtree: id, below: move.parent.path, in: transaction)
                try await QuotaService.requireNoLoans(move.tenant, in: transaction)
                return try await carryOut(move, at: now, as: caller, in: transaction)
            }
        }
    }

    /// Turns what a move may be refused with into errors for people: a name that is taken, a quota that is full.
    func explainingQuotas<Result>(
        as caller: Caller,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await Self.explainingNames(body)
        } catch let refusal as QuotaRefusal {
            throw try await QuotaContacts.explain(refusal, to: caller, in: database)
        }
    }

    /// What a move would change for people, without doing it; quotas are simulated elsewhere.
    ///
    /// - Throws: As `move`, but for quotas and names.
    public func planMove(_ id: TenantID, to parentID: TenantID, as caller: Caller) async throws -> TenantMove {
        try await database.as(caller).transaction(readOnly: true) { transaction in
            let move = try await Self.moving(id, to: parentID, isLocking: false, as: caller, in: transaction)
            guard !move.changesNothing else { return move }
            try move.check(as: caller)
            try await RoleService.requireNoStrays(movingSubtree: id, below: move.parent.path, in: transaction)
            return move
        }
    }

    private func carryOut(
        _ move: TenantMove,
        at now: Date,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> Tenant {
        let oldParentPath = Array(move.tenant.path.dropLast())
        let results = try await transaction.pipeline([
            TenantMoveQueries.move(move.tenant, to: move.parent, at: now),
            TenantMoveQueries.recordChanges(below: move.tenant.id, from: oldParentPath, to: move.parent, at: now),
            TenantQueries.byID(move.tenant.id),
        ])
        guard let row = results.last?.first else { throw PortalError.notFound("tenant") }
        let moved = try Tenant(row: row)
        try await QuotaAdmission(transaction, at: now).move(moved.id, from: oldParentPath, to: move.parent.path)
        let before = move.auditJSON(path: move.tenant.path, roles: move.lost)
        let after = move.auditJSON(path: moved.path, roles: move.gained)
        // Two rows, one for those who read the log of the old place and one for those of the new.
        try await AuditLog.record(
            [
                AuditEntry(.tenantMove, of: .tenant(move.tenant), before: before, after: after),
                AuditEntry(.tenantArrive, of: .tenant(moved), before: before, after: after),
            ],
            by: caller,
            at: now,
            limits: limits.audit,
            in: transaction
        )
        return moved
    }

    /// Both ends of a move with what it changes; nothing is checked but that the caller sees both and may manage them.
    private static func moving(
        _ id: TenantID,
        to parentID: TenantID,
        isLocking: Bool,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> TenantMove {
        let results = try await transaction.pipeline([
            isLocking ? TenantMoveQueries.pairForUpdate(id, parentID) : TenantMoveQueries.pair(id, parentID),
            TenantMoveQueries.extent(of: id),
        ])
        let tenants = try results[0].map { try Tenant(row: $0) }
        guard let tenant = tenants.first(where: { $0.id == id }) else { throw PortalError.notFound("tenant") }
        try caller.require(.tenantsManage, onPath: tenant.path, noun: "tenant")
        guard let parent = tenants.first(where: { $0.id == parentID }) else { throw PortalError.notFound("tenant") }
        try caller.require(.tenantsManage, onPath: parent.path, noun: "tenant")
        let bare = TenantMove(
            tenant: tenant,
            parent: parent,
            tenantCount: try results[1].first?.decode("tenants") ?? 1,
            deepest: try results[1].first?.decode("deepest") ?? tenant.depth,
            gained: [],
            lost: []
        )
        // Roles come down from tenants that the caller may not see.
        let rights = try await transaction.elevated(for: .inheritedRoles).pipeline([
            TenantMoveQueries.rights(at: bare.newAncestors, rowsMax: PortalLimits.Tenants.inheritedRolesMax + 1),
            TenantMoveQueries.rights(at: bare.oldAncestors, rowsMax: PortalLimits.Tenants.inheritedRolesMax),
        ])
        guard rights[0].count <= PortalLimits.Tenants.inheritedRolesMax else {
            throw PortalError(
                .conflict,
                "More than \(PortalLimits.Tenants.inheritedRolesMax) roles would begin to hold in the subtree, too many to "
                    + "look at. Take roles at \(parent.name) and above it that are not needed first."
            )
        }
        return TenantMove(
            tenant: tenant,
            parent: parent,
            tenantCount: bare.tenantCount,
            deepest: bare.deepest,
            gained: try rights[0].map { try TenantMove.InheritedRole(row: $0) },
            lost: try rights[1].map { try TenantMove.InheritedRole(row: $0) }
        )
    }
}
