import HTTPCore
import Portal

extension TenantPage {
    /// What the page is made of.
    struct Parts: Sendable {
        let tenant: Tenant
        /// The visible ancestors and the tenant itself.
        let lineage: [Tenant]
        let children: Page<TenantNode>
        /// nil for readers who may not see members.
        let members: Page<Member>?
        /// The roles that can be given here; empty for those who may not give any.
        let roles: [RoleDefinition]
        /// The groups that can be given a role here.
        let groups: [Group]
        /// The service accounts that can be given a role here.
        let accounts: [ServiceAccount]
        /// The tokens that can be given a role of their own here.
        let tokens: [OwnedToken]
        /// nil for readers who may not see quotas.
        let quota: QuotaReport?
        /// nil for readers who may not see quotas.
        let loans: Page<QuotaLoan>?
        /// The tenants beside this one that can be lent to, as far as the reader sees them; the first of very many.
        let siblings: [Tenant]
        let caller: Caller
        let refused: RefusedForm?
        /// The pages of the two lists, as the address says.
        let childrenToken: String?
        let membersToken: String?
        let loansToken: String?
    }
}

extension TenantPage.Parts {
    /// Asks the domain; the parts that do not depend on each other at the same time.
    init(_ id: TenantID, _ context: RequestContext, as caller: Caller, refused: RefusedForm?) async throws {
        let services = context.services
        let tenant = try await services.tenants.get(id, as: caller)
        let seesMembers = caller.has(.membersRead, onPath: tenant.path)
        let givesRoles = caller.has(.membersManage, onPath: tenant.path)
        let childrenToken = context.query.first(named: "children")
        let membersToken = context.query.first(named: "members")
        async let lineage = services.tenants.lineage(of: [id], as: caller)
        async let children = services.tenants.outline(.children(id), try PageRequest(token: childrenToken), as: caller)
        async let members =
            seesMembers ? services.tenants.members(of: id, try PageRequest(token: membersToken), as: caller) : nil
        let choices = try PageRequest(size: PortalLimits.Pages.sizeMax)
        async let roles = givesRoles ? services.roles.list(usableAt: id, choices, as: caller).items : []
        async let groups = givesRoles ? services.groups.list(usableAt: id, choices, as: caller).items : []
        async let accounts = givesRoles ? services.identity.listServiceAccounts(choices, as: caller).items : []
        async let tokens = givesRoles ? services.identity.tokensToGiveRoles(as: caller) : []
        let seesQuota = caller.has(.quotasRead, onPath: tenant.path)
        let loansToken = context.query.first(named: "loans")
        async let quota = seesQuota ? services.quotas.report(of: id, as: caller) : nil
        async let loans =
            seesQuota ? services.quotas.loans(of: id, try PageRequest(token: loansToken), as: caller) : nil
        async let siblings = Self.siblings(of: tenant, services, as: caller)
        self.init(
            tenant: tenant,
            lineage: try await lineage,
            children: try await children,
            members: try await members,
            roles: try await roles.filter { $0.permissions.isSubset(of: caller.permissions(onPath: tenant.path)) },
            groups: try await groups,
            accounts: try await accounts.filter { $0.disabledAt == nil },
            tokens: try await tokens,
            quota: try await quota,
            loans: try await loans,
            siblings: try await siblings,
            caller: caller,
            refused: refused,
            childrenToken: childrenToken,
            membersToken: membersToken,
            loansToken: loansToken
        )
    }

    private static func siblings(
        of tenant: Tenant,
        _ services: PortalServices,
        as caller: Caller
    ) async throws -> [Tenant] {
        guard mayLend(tenant, caller), let parentID = tenant.parentID else { return [] }
        let page = try PageRequest(size: PortalLimits.Pages.sizeMax)
        return try await services.tenants.list(TenantFilter(parentID: parentID), page, as: caller).items
            .filter { $0.id != tenant.id }
    }

    private static func mayLend(_ tenant: Tenant, _ caller: Caller) -> Bool {
        !tenant.isArchived && caller.has(.quotasManage, onPath: tenant.path)
    }

    /// Whether the reader may lend parts of the tenant's quota.
    var mayLend: Bool { Self.mayLend(tenant, caller) }

    /// Whether the reader has a permission at the tenant.
    func may(_ permission: Permission) -> Bool { caller.has(permission, onPath: tenant.path) }
}
