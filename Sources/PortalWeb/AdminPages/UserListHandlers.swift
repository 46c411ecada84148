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
            including: refused.flatMap { TenantID($0.value("tenant")) },
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
        let status = refused.map { ProblemCode($0.error.code).status } ?? .ok
        return try responder.respond(page, .init(section: .users, fragment: UserListPage.fragment, status: status))
    }

    /// Makes the account and shows its page with the link, which is seen this once.
    private static func invite(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let form = context.form
        do {
            guard let tenantID = form.first(named: "tenant").flatMap({ TenantID($0) }) else {
                throw PortalError.invalid("tenant", FieldErrorCode.required, "has to be chosen")
            }
            guard let role = form.first(named: "role").flatMap({ RoleReference($0) }) else {
                throw PortalError.invalid("role", FieldErrorCode.required, "has to be chosen")
            }
            let invitation = NewInvitation(
                email: form.first(named: "email") ?? "",
                name: form.first(named: "name") ?? "",
                tenantID: tenantID,
                role: role
            )
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
        menus = [Self.invitation(tenants, roles, writer).refused(refused, named: "invite", writer)]
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
        var query = QueryItems()
        if !text.isEmpty { query.add("q", text) }
        let first = text.isEmpty ? path : "\(path)?\(query.encoded)"
        let separator = text.isEmpty ? "?" : "&"
        pager =
            isFirst && page.nextPageToken == nil
            ? nil
            : .init(
                summary: "",
                firstHref: isFirst ? nil : first,
                previousHref: nil,
                nextHref: page.nextPageToken.map { "\(first)\(separator)page=\(PercentCoding.encoded($0))" }
            )
        empty =
            rows.isEmpty
            ? EmptyModel(icon: "user", title: writer.text("users.noneTitle"), text: writer.text("users.noneText")) : nil
    }

    private static func invitation(
        _ tenants: TenantChoices,
        _ roles: RoleChoices,
        _ writer: Localizer
    ) -> MenuFormModel {
        func field(_ name: String, _ type: String, lengthMax: Int) -> FieldModel {
            FieldModel(
                id: "invite-\(name)",
                name: name,
                label: writer.text("users.\(name)"),
                type: type,
                autocomplete: "off",
                maxLength: lengthMax,
                isRequired: true
            )
        }
        return MenuFormModel(
            summary: writer.text("users.invite"),
            icon: "plus",
            action: Route.adminUsersPage.path,
            submit: writer.text("users.inviteSubmit"),
            text: writer.text("users.inviteText"),
            fields: [
                field("email", "email", lengthMax: PortalLimits.Identity.emailLengthMax),
                field("name", "text", lengthMax: PortalLimits.Identity.nameLengthMax),
            ],
            selects: [
                SelectModel(
                    id: "invite-tenant",
                    name: "tenant",
                    label: writer.text("roles.tenant"),
                    options: TenantNames(tenants.lineage).options(tenants.offered, selected: nil),
                    isRequired: true
                ),
                roles.select(id: "invite-role", writer),
            ]
        )
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
