import HTTPCore
import Portal

extension ServiceAccountPage {
    /// What the page is made of.
    struct Parts: Sendable {
        let account: ServiceAccount
        let tenant: Tenant
        /// The tenants above the account and those that its tokens are narrowed to.
        let names: TenantNames
        let memberships: [Membership]
        let tokens: Page<APIToken>
        let tokensToken: String?
        let certificates: Page<CertificateMapping>
        let certificatesToken: String?
        /// nil for readers who may not manage the account.
        let choices: Choices?
        let caller: Caller
        let created: NewAPIToken?
        let refused: RefusedForm?
        let limits: PortalLimits.Identity
    }

    /// What the forms offer.
    struct Choices: Sendable {
        let roles: RoleChoices
        /// Where a role can be given, and what a token can be narrowed to.
        let tenants: TenantChoices
    }
}

extension ServiceAccountPage.Parts {
    /// Asks the domain; the parts that do not depend on each other at the same time.
    init(
        _ id: UserID,
        _ context: RequestContext,
        as caller: Caller,
        created: NewAPIToken?,
        refused: RefusedForm?
    ) async throws {
        let services = context.services
        let account = try await services.identity.getServiceAccount(id, as: caller)
        let tenant = try await services.tenants.get(account.tenantID, as: caller)
        let tokensToken = context.query.first(named: "tokens")
        let certificatesToken = context.query.first(named: "certificates")
        let manages = caller.has(.membersManage, onPath: tenant.path)
        async let memberships = services.identity.memberships(ofServiceAccount: id, as: caller)
        async let certificates = services.identity.certificates(
            of: id,
            try PageRequest(token: certificatesToken),
            as: caller
        )
        async let choices = manages ? Self.choices(context, refused, as: caller) : nil
        let tokens = try await services.identity.listTokens(
            ofServiceAccount: id,
            try PageRequest(token: tokensToken),
            as: caller
        )
        let mentioned = [tenant.id] + tokens.items.compactMap(\.scope.tenantID)
        self.init(
            account: account,
            tenant: tenant,
            names: TenantNames(try await services.tenants.lineage(of: mentioned, as: caller)),
            memberships: try await memberships,
            tokens: tokens,
            tokensToken: tokensToken,
            certificates: try await certificates,
            certificatesToken: certificatesToken,
            choices: try await choices,
            caller: caller,
            created: created,
            refused: refused,
            limits: services.identity.bounds
        )
    }

    private static func choices(
        _ context: RequestContext,
        _ refused: RefusedForm?,
        as caller: Caller
    ) async throws -> ServiceAccountPage.Choices {
        let services = context.services
        let chosen = context.tenantToOffer(refused) ?? context.tenantToOffer(refused, field: "tenantId")
        async let tenants = services.tenants.choices(holding: .membersManage, including: chosen, as: caller)
        async let roles = RoleChoices(services, as: caller)
        return ServiceAccountPage.Choices(roles: try await roles, tenants: try await tenants)
    }
}
