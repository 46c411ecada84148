import Postgres

/// Whom rules look at: somebody with everything that a rule may name them by.
///
/// The roles and groups are those of the person, whatever an API token leaves of them: who is bound by a rule is bound
/// through each of their tokens, and through a group that gives them no role at all.
public struct AccessActor: Sendable, Hashable {
    /// The user, or the owner of the token; nil for the portal itself.
    public let userID: UserID?
    /// Their roles and those of the token they came with.
    public let bindings: [RoleBinding]
    /// All groups that they are in.
    public let groupIDs: Set<GroupID>

    /// Somebody with known roles and groups.
    public init(userID: UserID?, bindings: [RoleBinding], groupIDs: Set<GroupID> = []) {
        self.userID = userID
        self.bindings = bindings
        self.groupIDs = groupIDs
    }
}

extension AccessActor {
    /// The same with a role more, which an API token of theirs holds on a path.
    func holding(_ role: RoleReference, onPath path: [TenantID]) -> AccessActor {
        guard let tenantID = path.last else { return self }
        let held = RoleBinding(
            tenantID: tenantID,
            tenantPath: path,
            role: role,
            roleName: role.description,
            permissions: [],
            source: .token
        )
        return AccessActor(userID: userID, bindings: bindings + [held], groupIDs: groupIDs)
    }

    /// A caller as rules see them.
    ///
    /// - Parameters:
    ///   - caller: Who acts.
    ///   - limits: `bindingsPerUserMax` and `groupsPerUserMax` bound what is looked at.
    ///   - elevated: The database or transaction with everything in sight.
    /// - Returns: The caller with all roles and groups.
    /// - Throws: `PostgresError`.
    static func of(
        _ caller: Caller,
        limits: PortalLimits,
        in elevated: some PostgresQueryable
    ) async throws -> AccessActor {
        guard let userID = caller.userID else { return AccessActor(userID: nil, bindings: caller.bindings) }
        let person = try await of(userID, limits: limits, in: elevated)
        return AccessActor(
            userID: userID,
            bindings: (person?.bindings ?? []) + caller.bindings,
            groupIDs: person?.groupIDs ?? []
        )
    }

    /// A person as rules see them, as they would come by a browser; nil when there is no such user.
    static func of(
        _ userID: UserID,
        limits: PortalLimits,
        in elevated: some PostgresQueryable
    ) async throws -> AccessActor? {
        let rows = try await elevated.pipeline([
            CallerQueries.bindings(of: userID, rowsMax: limits.identity.bindingsPerUserMax),
            AccessRuleQueries.groups(of: userID, rowsMax: PortalLimits.AccessRules.groupsPerUserMax),
        ])
        // Somebody without roles is one row without a tenant.
        guard rows[0].first != nil else { return nil }
        return AccessActor(
            userID: userID,
            bindings: try rows[0].compactMap { try RoleBinding(row: $0) },
            groupIDs: Set(try rows[1].map { try $0.decode("group_id", as: GroupID.self) })
        )
    }
}
