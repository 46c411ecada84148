import FoundationEssentials

/// Who makes a request, and what they may do where; computed once per request by one query.
public struct Caller: Sendable {
    /// The user; a made-up one for the portal itself.
    public let user: User
    /// The roles of the caller, directly, through groups and through the API token, in no order; inside of `scope`.
    public let bindings: [RoleBinding]
    /// How the caller proved who they are.
    public let via: Credential
    /// What narrows the API token that the caller came with; nil for everybody else.
    public let scope: CallerScope?
    /// The id of the request that is served, for the audit log.
    public var requestID: String?

    /// How a caller proved who they are.
    public enum Credential: Sendable, Hashable {
        /// By a browser session.
        case session(SessionID)
        /// By an API token.
        case token(TokenID)
        /// By a client certificate that this mapping stands for.
        case certificate(CertificateMappingID)
        /// Earlier: others have approved what they asked for with this request.
        case request(ApprovalRequestID)
        /// Not at all: it is a part of the portal, which may do everything.
        case system(String)
    }

    /// What a caller can see.
    public enum Visibility: Sendable, Hashable {
        /// Every tenant.
        case everything
        /// The subtrees of these tenants; empty when there are none.
        case subtrees([TenantID])
    }

    /// A caller with known roles, of which only what lies inside of the scope is kept.
    public init(
        user: User,
        bindings: [RoleBinding],
        via: Credential,
        scope: CallerScope? = nil,
        requestID: String? = nil
    ) {
        self.user = user
        self.bindings = scope?.narrow(bindings) ?? bindings
        self.via = via
        self.scope = scope
        self.requestID = requestID
    }

    /// A part of the portal that acts on its own: the operations engine, the reaper, the command line, the demo.
    ///
    /// The name is what the audit log says did it.
    public static func system(_ name: String) -> Caller {
        let user = User(
            id: systemUserID,
            email: "",
            name: name,
            createdAt: Date(timeIntervalSince1970: 0)
        )
        return Caller(user: user, bindings: [], via: .system(name))
    }

    /// The id that stands for the portal itself; no row has it.
    public static let systemUserID = UserID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    /// True for a part of the portal.
    public var isSystem: Bool {
        if case .system = via { true } else { false }
    }

    /// The id of the user; nil for a part of the portal, which has no row.
    public var userID: UserID? { isSystem ? nil : user.id }

    /// The API token that the caller came with; nil for everybody else.
    public var tokenID: TokenID? {
        if case .token(let id) = via { id } else { nil }
    }

    /// The tenants whose subtrees the caller can read, without those that are inside another; empty for the system.
    ///
    /// Use `visibility` where the system is a possible caller.
    public var readableRoots: [TenantID] {
        Self.outermost(bindings.filter { $0.permissions.contains(.tenantsRead) })
    }

    /// The tenants where the caller has a role, whichever, without those that are inside another: the caller's world, in
    /// which permissions decide about everything else.
    var boundRoots: [TenantID] { Self.outermost(bindings) }

    private static func outermost(_ bindings: [RoleBinding]) -> [TenantID] {
        let ids = Set(bindings.map(\.tenantID))
        let outermost = bindings.filter { binding in binding.tenantPath.dropLast().allSatisfy { !ids.contains($0) } }
        return Set(outermost.map(\.tenantID)).sorted()
    }

    /// What lists have to be narrowed to.
    public var visibility: Visibility {
        let seesAll = isSystem || bindings.contains { $0.isAtRoot && $0.permissions.contains(.tenantsRead) }
        return seesAll ? .everything : .subtrees(readableRoots)
    }

    /// What the caller may do at the tenant with this path (root first); empty when it is invisible to them.
    public func permissions(onPath path: [TenantID]) -> Set<Permission> {
        if isSystem { return Set(Permission.allCases) }
        return bindings.reduce(into: []) { permissions, binding in
            if binding.covers(path) { permissions.formUnion(binding.permissions) }
        }
    }

    /// Whether the caller has a permission at the tenant with this path.
    public func has(_ permission: Permission, onPath path: [TenantID]) -> Bool {
        isSystem || bindings.contains { $0.covers(path) && $0.permissions.contains(permission) }
    }

    /// Whether the caller has a permission whose scope is not one tenant.
    public func has(_ permission: Permission) -> Bool {
        isSystem
            || bindings.contains { binding in
                (binding.isAtRoot || permission.scope == .anywhere) && binding.permissions.contains(permission)
            }
    }

    /// Guards an action on something that belongs to a tenant.
    ///
    /// - Parameters:
    ///   - permission: What the action needs.
    ///   - path: The tenant of the object and its ancestors, root first.
    ///   - reading: What seeing the object needs.
    ///   - noun: What the object is called in the error.
    /// - Throws: `PortalError` `.notFound` when the object is invisible to the caller, else `.forbidden`.
    public func require(
        _ permission: Permission,
        onPath path: [TenantID],
        reading: Permission = .tenantsRead,
        noun: String = "object"
    ) throws(PortalError) {
        guard has(reading, onPath: path) else { throw .notFound(noun) }
        guard has(permission, onPath: path) else { throw .forbidden(permission) }
    }

    /// Guards an action on something that belongs to the organization as a whole: hosts, templates, users, tokens.
    ///
    /// - Throws: `PortalError` `.forbidden`.
    public func require(_ permission: Permission) throws(PortalError) {
        guard has(permission) else { throw .forbidden(permission) }
    }
}
