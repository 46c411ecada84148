import JSON
import Postgres

/// A subtree that is to be moved below another tenant, with everything that has to be known before.
public struct TenantMove: Sendable {
    /// The top of the subtree, where it is now.
    public let tenant: Tenant
    /// The tenant that it goes below.
    public let parent: Tenant
    /// How many tenants the subtree has, its top among them.
    public let tenantCount: Int
    /// The depth of the deepest tenant of the subtree, where it is now.
    let deepest: Int
    /// The roles that begin to hold in the subtree: those of the new ancestors that were none before, root first.
    public let gained: [InheritedRole]
    /// The roles that end to hold in the subtree: those of the ancestors that are none after, root first.
    public let lost: [InheritedRole]

    /// A role that somebody has in a subtree because of an ancestor of it.
    public struct InheritedRole: Sendable, Hashable {
        /// Who has it: the e-mail of a user, the name of a group or a token.
        public let holder: String
        /// The role.
        public let role: RoleReference
        /// What the role is called.
        public let roleName: String
        /// What it permits.
        public let permissions: Set<Permission>
        /// The ancestor where it was given.
        public let tenantID: TenantID
        /// The ancestor's name.
        public let tenantName: String
        /// The ancestor's path, root first.
        public let tenantPath: [TenantID]

        /// The name of the ancestor, when somebody may see it.
        public func tenantName(for caller: Caller) -> String? {
            caller.has(.tenantsRead, onPath: tenantPath) ? tenantName : nil
        }
    }

    /// Whether the subtree is there already.
    public var changesNothing: Bool { tenant.parentID == parent.id }

    /// The ancestors that the subtree comes under by the move, root first; empty when it goes up.
    var newAncestors: [TenantID] { parent.path.filter { !tenant.path.contains($0) } }

    /// The ancestors that the subtree leaves, root first; empty when it goes down.
    var oldAncestors: [TenantID] { tenant.path.dropLast().filter { !parent.path.contains($0) } }

    /// The path of the subtree's top after the move.
    public var newPath: [TenantID] { parent.path + [tenant.id] }
}

extension TenantMove {
    /// Checks everything about a move but quotas.
    ///
    /// The order is fixed: the root, what is archived, a cycle, the depth, the caller's rights at both ends, then what
    /// others gain.
    ///
    /// - Throws: `PortalError` `.conflict`, `.invalidArgument` on `parentId`, `.forbidden`.
    func check(as caller: Caller) throws(PortalError) {
        guard let oldParentPath = tenant.parentID.map({ _ in Array(tenant.path.dropLast()) }) else {
            throw PortalError(.conflict, "The organization itself has no parent and cannot be moved.")
        }
        try Self.checkPlace(of: tenant, below: parent, deepest: deepest)
        guard caller.has(.tenantsManage, onPath: oldParentPath) else { throw .forbidden(.tenantsManage) }
        try checkGains(as: caller)
    }

    /// Checks what the tree itself says about a move: what is archived, a cycle, the depth.
    ///
    /// - Parameters:
    ///   - tenant: The top of the subtree, where it is now.
    ///   - parent: The tenant that it goes below.
    ///   - deepest: The depth of the deepest tenant of the subtree, where it is now.
    /// - Throws: `PortalError` `.conflict`, `.invalidArgument` on `parentId`.
    static func checkPlace(of tenant: Tenant, below parent: Tenant, deepest: Int) throws(PortalError) {
        try tenant.requireLive()
        try parent.requireLive()
        guard !parent.path.contains(tenant.id) else {
            throw .invalid(
                "parentId",
                FieldErrorCode.conflict,
                "lies inside of \(tenant.name); a tenant cannot go below itself"
            )
        }
        let depth = parent.depth + 1 + (deepest - tenant.depth)
        guard depth <= PortalLimits.Tenants.depthMax else {
            throw .invalid(
                "parentId",
                FieldErrorCode.outOfRange,
                "would make the tree \(depth) levels deep; it has at most \(PortalLimits.Tenants.depthMax). "
                    + "Choose a tenant further up"
            )
        }
    }

    /// A move gives roles as `addMember` does, so the same rule holds: nobody gives more than they have.
    private func checkGains(as caller: Caller) throws(PortalError) {
        let own = caller.permissions(onPath: tenant.path)
        for right in gained {
            let missing = Permission.allCases.first { right.permissions.contains($0) && !own.contains($0) }
            guard let missing else { continue }
            let place = right.tenantName(for: caller) ?? "a tenant above it"
            throw PortalError(
                .forbidden,
                "Below \(parent.name), somebody would have the role \(right.roleName) at \(tenant.name) through \(place). "
                    + "You cannot give that role here without \(missing.rawValue) yourself. Ask an admin to move it.",
                extensions: [
                    "missingPermission": .string(missing.rawValue), "level": right.tenantID.json,
                ]
            )
        }
    }

    /// What the audit log keeps: the place and who has roles because of it, as many as fit.
    func auditJSON(path: [TenantID], roles: [InheritedRole]) -> JSONValue {
        let shown = roles.prefix(PortalLimits.Tenants.auditedRolesMax)
        return [
            "parentId": JSONValue(id: path.dropLast().last), "path": .array(path.map(\.json)),
            "tenants": .number(JSONNumber(tenantCount)),
            "inheritedRoles": .array(
                shown.map { right in
                    [
                        "holder": .string(right.holder), "role": .string(right.roleName),
                        "tenantId": right.tenantID.json, "tenantName": .string(right.tenantName),
                    ]
                }
            ),
            "inheritedRolesOmitted": .number(JSONNumber(roles.count - shown.count)),
        ]
    }
}

extension TenantMove.InheritedRole {
    /// Reads the columns of `TenantMoveQueries.rights`.
    init(row: PostgresRow) throws {
        let role = try RoleDefinition.Facts(row: row)
        self.init(
            holder: try row.decode("holder"),
            role: role.reference,
            roleName: role.name,
            permissions: role.permissions,
            tenantID: try row.decode("tenant_id"),
            tenantName: try row.decode("tenant_name"),
            tenantPath: try row.decode("tenant_path")
        )
    }
}

extension Tenant {
    /// Guards a change of what belongs to the tenant.
    ///
    /// - Throws: `PortalError` `.conflict` when it was archived.
    func requireLive() throws(PortalError) {
        guard isArchived else { return }
        throw PortalError(.conflict, "\(name) is archived. Bring it back before you change it or add to it.")
    }
}
