import HTTPCore
import HTTPServer
import Portal

/// The accounts of people: a list with search, and invitations.
enum UserListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminUsersPage) { try await page($0, refused: nil) }
        router.on(.post, .adminUsersPage, handler: invite)
    }

    private static func page(_ context: RequestContext, refused: RefusedForm?) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        try caller.require(.usersManage)
        let text = String((context.query.first(named: "q") ?? "").prefix(WebLimits.Pages.searchCharactersMax))
        let token = context.query.first(named: "page")
        let request = try PageRequest(token: token)
        async let users = context.services.identity.listUsers(search: text, request, as: caller)
        async let tenants = context.services.tenants.choices(
            holding: .membersManage,
            including: context.tenantToOffer(refused),
            as: caller
        )
        async let roles = RoleChoices(context.services, as: caller)
        let responder = PageResponder(context)
        let page = UserListPage(
            try await users,
            tenants: try await tenants,
            roles: try await roles,
            text: text,
            isFirst: token == nil,
            refused: refused,
            responder.writer
        )
        return try responder.respond(
            page,
            .init(section: .users, fragment: UserListPage.fragment, status: RefusedForm.status(of: refused))
        )
    }

    /// Makes the account and shows its page with the link, which is seen this once.
    private static func invite(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let form = context.form
        do {
            let invitation = try NewInvitation(form)
            let issued = try await context.services.identity.invite(invitation, as: caller)
            return try await UserHandlers.page(
                context,
                issued.link.userID,
                link: (issued, .invitationPage(issued.secret))
            )
        } catch let error as PortalError {
            guard let refused = RefusedForm("invite", form, error) else { throw error }
            return try await page(context, refused: refused)
        }
    }
}

extension UserListPage {
    /// The list with the form that invites.
    init(
        _ page: Page<User>,
        tenants: TenantChoices,
        roles: RoleChoices,
        text: String,
        isFirst: Bool,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let path = Route.adminUsersPage.path
        title = writer.text("users.title")
        action = path
        query = text
        clearHref = text.isEmpty ? nil : path
        menus = [
            MenuFormModel.invitation(tenants, roles, action: path, writer).refused(refused, named: "invite", writer)
        ]
        links = [LinkModel(href: Route.adminInvitationsPage.path, label: writer.text("invitations.title"))]
        rows = page.items.map { user in
            Row(
                href: Route.adminUserPage(user.id).path,
                name: user.name,
                email: user.email,
                badge: user.badge(writer),
                note: user.isAway(at: writer.now) ? writer.text("users.away") : nil,
                signedInAt: user.signedInAt.map { writer.time($0) },
                createdAt: writer.time(user.createdAt)
            )
        }
        pager = .init(path, search: text, isFirst: isFirst, page.nextPageToken)
        empty =
            rows.isEmpty
            ? EmptyModel(icon: "user", title: writer.text("users.noneTitle"), text: writer.text("users.noneText")) : nil
    }
}

extension User {
    /// What has become of the account, in a word.
    func badge(_ writer: Localizer) -> BadgeModel {
        let look: StatusLook =
            switch status {
            case .active: .good
            case .invited: .wait
            case .disabled: .gone
            }
        return BadgeModel(writer.text("users.\(status.rawValue)"), look)
    }
}
