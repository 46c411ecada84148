import HTTPCore
import HTTPServer
import Portal

/// The invitations that nobody has answered: made, sent again with another link, revoked.
///
/// Who manages members of a tenant invites into it; nobody needs to see all accounts for that.
enum InvitationHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminInvitationsPage) { try await page($0) }
        router.on(.post, .adminInvitationsPage, handler: invite)
        router.on(.post, .adminInvitationPageResend, handler: resend)
        router.on(.post, .adminInvitationPageRevoke, handler: revoke)
    }

    /// The list of one subtree or of all, with a link that was just made, or with a form that was refused.
    private static func page(
        _ context: RequestContext,
        issued: NewAccountLink? = nil,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        // Who manages nobody is told nothing of an invitation that they named: it is as if it was not there.
        guard caller.managesMembers else { throw refused?.error ?? PortalError.forbidden(.membersManage) }
        let services = context.services
        let tenantID = tenantID(context)
        let token = context.query.first(named: "page")
        let links = try await services.identity.listInvitations(
            below: tenantID,
            unansweredOnly: true,
            try PageRequest(token: token),
            as: caller
        )
        let chosen = refused.flatMap { TenantID($0.value("tenant")) } ?? tenantID
        async let choices = services.tenants.choices(holding: .membersManage, including: chosen, as: caller)
        async let roles = RoleChoices(services, as: caller)
        let mentioned = links.items.compactMap(\.tenantID) + [tenantID].compactMap(\.self)
        let names = TenantNames(try await services.tenants.lineage(of: mentioned, as: caller))
        let responder = PageResponder(context)
        let parts = InvitationListPage.Parts(
            links: links,
            names: names,
            tenantID: tenantID,
            pageToken: token,
            choices: try await choices,
            roles: try await roles,
            seesAccounts: caller.has(.usersManage),
            secret: issued.map { SecretModel($0, context.absolute(.invitationPage($0.secret)), responder.writer) },
            refused: refused
        )
        let section: PageSection = caller.has(.usersManage) ? .users : .tenants
        let model = InvitationListPage(parts, responder.writer)
        var response = try responder.respond(model, .init(section: section, status: RefusedForm.status(of: refused)))
        // A secret beside what somebody else may have typed must not be guessed by the size of the answer.
        if issued != nil { response.compression = .never }
        return response
    }

    /// The subtree that the list is narrowed to; the forms on the page take it along in their addresses.
    private static func tenantID(_ context: RequestContext) -> TenantID? {
        context.query.first(named: InvitationListPage.tenantParameter).flatMap { TenantID($0) }
    }

    private static func invite(_ context: RequestContext) async throws -> HTTPResponse {
        try await issue(context, "invite") { caller in
            let invitation = try NewInvitation(context.form)
            return try await context.services.identity.invite(invitation, as: caller)
        }
    }

    private static func resend(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccountLinkID = try context.pathID()
        return try await issue(context, InvitationListPage.resendForm) { caller in
            try await context.services.identity.resendInvitation(id, as: caller)
        }
    }

    private static func revoke(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccountLinkID = try context.pathID()
        return try await context.submit(InvitationListPage.revokeForm) { caller in
            try await context.services.identity.revokeInvitation(id, as: caller)
            return (InvitationListPage.href(below: tenantID(context)), .invitationRevoke)
        } refused: {
            try await page(context, refused: $0)
        }
    }

    /// A form that makes a link, which is seen this once: on the page that answers.
    private static func issue(
        _ context: RequestContext,
        _ form: String,
        _ body: (Caller) async throws -> NewAccountLink
    ) async throws -> HTTPResponse {
        let issued: NewAccountLink
        do {
            issued = try await body(try context.requireCaller())
        } catch let error as PortalError {
            guard let refused = RefusedForm(form, context.form, error) else { throw error }
            return try await page(context, refused: refused)
        }
        return try await page(context, issued: issued)
    }
}

extension NewInvitation {
    /// What a form says.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `tenant` or `role`; the rest is checked by the domain.
    init(_ form: QueryItems) throws(PortalError) {
        let tenantID = try form.chosenTenant()
        let role = try form.chosenRole()
        self.init(
            email: form.first(named: "email") ?? "",
            name: form.first(named: "name") ?? "",
            tenantID: tenantID,
            role: role
        )
    }
}

extension SecretModel {
    /// The link of an invitation or a password reset, with the address that it opens.
    init(_ issued: NewAccountLink, _ address: String, _ writer: Localizer) {
        self.init(
            title: writer.text("users.linkTitle", ["name": .text(issued.link.name)]),
            text: writer.text("users.linkText", ["date": .text(writer.time(issued.link.expiresAt).absolute)]),
            value: address
        )
    }
}

extension Caller {
    /// Whether there is a tenant where the reader says who has which role.
    var managesMembers: Bool { isSystem || bindings.contains { $0.permissions.contains(.membersManage) } }
}
