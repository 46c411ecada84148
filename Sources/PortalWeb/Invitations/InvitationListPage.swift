import HTTPCore
import Portal

/// The invitations that nobody has answered.
struct InvitationListPage: PageModel {
    static let template = "admin/invitations"

    let title: String
    let crumbs: [LinkModel]
    let lead: String
    let menus: [MenuFormModel]
    /// Why a button was refused that is no form to fill in.
    let errorSummary: ErrorSummaryModel?
    /// A link that was just made and is shown this once.
    let secret: SecretModel?
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// One invitation.
    struct Row: Sendable {
        /// The page of the account; nil for readers who do not see accounts.
        let href: String?
        let name: String
        let email: String
        let badge: BadgeModel
        let tenant: String
        let createdAt: TimeText
        let expiresAt: TimeText
        let resend: Action
        let revoke: Action
    }

    /// A button.
    struct Action: Sendable {
        let action: String
        let label: String
    }

    /// The parameter that narrows the list to a subtree.
    static let tenantParameter = "tenant"
    /// The names of the buttons in refusals.
    static let resendForm = "resend"
    static let revokeForm = "revoke"

    /// The list of a subtree, or of everything that the reader manages.
    static func href(below tenantID: TenantID?) -> String {
        Route.adminInvitationsPage.path + suffix(tenantID)
    }

    private static func suffix(_ tenantID: TenantID?) -> String {
        tenantID.map { "?\(tenantParameter)=\($0)" } ?? ""
    }

    /// What the page is made of.
    struct Parts: Sendable {
        let links: Page<AccountLink>
        let names: TenantNames
        let tenantID: TenantID?
        let pageToken: String?
        let choices: TenantChoices
        let roles: RoleChoices
        let seesAccounts: Bool
        let secret: SecretModel?
        let refused: RefusedForm?
    }

    /// The list with the form that invites.
    init(_ parts: Parts, _ writer: Localizer) {
        let path = Self.href(below: parts.tenantID)
        title = writer.text("invitations.title")
        lead = writer.text("invitations.lead")
        if let tenantID = parts.tenantID, let name = parts.names.path(tenantID) {
            crumbs = [LinkModel(href: Route.tenantPage(tenantID).path, label: name)]
        } else if parts.seesAccounts {
            crumbs = [LinkModel(href: Route.adminUsersPage.path, label: writer.text("users.title"))]
        } else {
            crumbs = []
        }
        let form = MenuFormModel.invitation(
            parts.choices,
            parts.roles,
            chosen: parts.tenantID,
            action: path,
            writer
        )
        menus = parts.choices.offered.isEmpty ? [] : [form.refused(parts.refused, named: "invite", writer)]
        errorSummary = parts.refused.flatMap { refused in
            [Self.resendForm, Self.revokeForm].contains(refused.name) ? refused.summary([:], writer) : nil
        }
        secret = parts.secret
        rows = parts.links.items.map { Row($0, parts, writer) }
        pager = .init(path, isFirst: parts.pageToken == nil, parts.links.nextPageToken)
        empty =
            rows.isEmpty
            ? EmptyModel(
                icon: "user",
                title: writer.text("invitations.noneTitle"),
                text: writer.text("invitations.noneText")
            ) : nil
    }
}

extension InvitationListPage.Row {
    fileprivate init(_ link: AccountLink, _ parts: InvitationListPage.Parts, _ writer: Localizer) {
        let isOpen = link.state(at: writer.now) == .open
        let suffix = parts.tenantID.map { "?\(InvitationListPage.tenantParameter)=\($0)" } ?? ""
        func action(_ route: Route, _ key: String) -> InvitationListPage.Action {
            .init(action: route.path + suffix, label: writer.text(key, ["name": .text(link.name)]))
        }
        self.init(
            href: parts.seesAccounts ? Route.adminUserPage(link.userID).path : nil,
            name: link.name,
            email: link.email,
            badge: BadgeModel(writer.text(isOpen ? "invitations.open" : "invitations.expired"), isOpen ? .wait : .gone),
            tenant: link.tenantID.flatMap { parts.names.path($0) } ?? writer.text("tenant.furtherUp"),
            createdAt: writer.time(link.createdAt),
            expiresAt: writer.time(link.expiresAt),
            resend: action(.adminInvitationPageResend(link.id), "invitations.resendFor"),
            revoke: action(.adminInvitationPageRevoke(link.id), "invitations.revokeFor")
        )
    }
}

extension MenuFormModel {
    /// The form that invites somebody who has no account.
    ///
    /// - Parameters:
    ///   - tenants: Where the reader may give roles.
    ///   - roles: Those that they may give.
    ///   - chosen: The tenant that is selected; nil for the first.
    ///   - action: Where the form goes.
    ///   - writer: Writes for the reader.
    /// - Returns: The form, closed.
    static func invitation(
        _ tenants: TenantChoices,
        _ roles: RoleChoices,
        chosen: TenantID? = nil,
        action: String,
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
            action: action,
            submit: writer.text("users.inviteSubmit"),
            text: writer.text("users.inviteText"),
            fields: [
                field("email", "email", lengthMax: PortalLimits.Identity.emailLengthMax),
                field("name", "text", lengthMax: PortalLimits.Identity.nameLengthMax),
            ],
            selects: [
                .tenant(id: "invite-tenant", tenants, selected: chosen, writer),
                roles.select(id: "invite-role", writer),
            ]
        )
    }
}

extension SelectModel {
    /// The tenants that a form offers, in the order of the tree.
    static func tenant(
        id: String,
        _ choices: TenantChoices,
        selected: TenantID? = nil,
        _ writer: Localizer
    ) -> SelectModel {
        SelectModel(
            id: id,
            name: "tenant",
            label: writer.text("roles.tenant"),
            options: TenantNames(choices.lineage).options(choices.offered, selected: selected),
            isRequired: true
        )
    }
}

extension VClusterListPage.Pager {
    /// The neighbours of a list at an address that may have a query; nil when everything fits on one page.
    init?(_ href: String, isFirst: Bool, _ next: String?) {
        guard !isFirst || next != nil else { return nil }
        let separator = href.contains("?") ? "&" : "?"
        self.init(
            summary: "",
            firstHref: isFirst ? nil : href,
            previousHref: nil,
            nextHref: next.map { "\(href)\(separator)page=\(PercentCoding.encoded($0))" }
        )
    }
}
