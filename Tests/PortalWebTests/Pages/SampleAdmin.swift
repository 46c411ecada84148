import Foundation
import HTTPCore
@testable import Portal
@testable import PortalWeb

/// Sample models of the pages for administrators.
enum SampleAdmin {
    private static let root = SampleTenants.sample("Acme")

    static func roles(_ writer: Localizer, isEmpty: Bool) -> RoleListPage {
        let builtIn = Role.allCases.map { RoleDefinition($0) }
        let items = isEmpty ? builtIn : builtIn + [operatorRole, bare]
        let page = Page(items: items, nextPageToken: isEmpty ? nil : "b")
        return RoleListPage(page, TenantNames([root]), isFirst: isEmpty, writer)
    }

    private static let operatorRole = RoleDefinition(
        reference: .custom(RoleID()),
        name: "Operator",
        description: "Suspends and resumes, nothing else.",
        tenantID: root.id,
        permissions: [.tenantsRead, .vclustersRead, .vclustersSuspend]
    )

    private static let bare = RoleDefinition(
        reference: .custom(RoleID()),
        name: "Reader of quotas",
        description: "",
        tenantID: TenantID(),
        permissions: [.quotasRead]
    )

    static func newRole(_ writer: Localizer) -> RoleFormPage {
        var form = QueryItems()
        form.add("name", "Operator")
        form.add("permission", "vclusters.suspend")
        let error = PortalError.invalid([
            FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken"),
            FieldError(field: "permissions", code: FieldErrorCode.required, message: "must name at least one"),
            FieldError(field: "elsewhere", code: FieldErrorCode.invalidValue, message: "is not right"),
        ])
        let choices = TenantChoices(offered: [root], lineage: [root])
        return RoleFormPage(nil, choices, chosen: nil, refused: RefusedForm("role", form, error), writer)
    }

    static func role(_ writer: Localizer) -> RoleFormPage {
        let error = PortalError(.conflict, "Somebody holds this role. Take it from everybody first.")
        return RoleFormPage(
            operatorRole,
            TenantChoices(offered: [], lineage: []),
            chosen: root.id,
            refused: RefusedForm("delete", QueryItems(), error),
            writer
        )
    }

    static func access(_ writer: Localizer, isEmpty: Bool) -> TenantAccessPage {
        let rows = [
            TenantAccessPage.Row(
                name: "Maya Manager",
                email: "manager@acme.example",
                why: writer.text("access.byRole", ["role": "Manager", "tenant": "Engineering"]),
                note: nil,
                tenantHref: "/tenants/1",
                rules: [
                    .init(
                        href: "/access-rules/1",
                        name: "No changes on weekends",
                        badge: BadgeModel(writer.text("rules.outlook.depends"), .wait)
                    ),
                    .init(
                        href: nil,
                        name: "Closed",
                        badge: BadgeModel(writer.text("rules.outlook.refusesUntil", ["time": "Monday"]), .bad)
                    ),
                ]
            ),
            TenantAccessPage.Row(
                name: "Ada Admin",
                email: "admin@acme.example",
                why: writer.text("access.byRole", ["role": "Admin", "tenant": "a tenant further up"]),
                note: writer.text("access.byToken", ["token": "pipeline"]),
                tenantHref: nil,
                rules: []
            ),
        ]
        return TenantAccessPage(
            title: writer.text("access.title"),
            lead: writer.text("access.lead", ["name": "Payments"]),
            crumbs: [LinkModel(href: "/tenants", label: writer.text("tenants.title"))],
            action: "/tenants/1/access",
            permission: SelectModel(
                id: "permission",
                name: "permission",
                label: writer.text("access.permission"),
                options: Permission.allCases.map {
                    OptionModel(value: $0.rawValue, label: writer.text($0), isSelected: $0 == .vclustersCreate)
                }
            ),
            rows: isEmpty ? [] : rows,
            pager: isEmpty ? nil : .init(summary: "", firstHref: "/a", previousHref: "/b", nextHref: "/c"),
            empty: isEmpty
                ? EmptyModel(
                    icon: "user",
                    title: writer.text("access.noneTitle"),
                    text: writer.text("access.noneText"),
                    action: LinkModel(href: "/tenants/1#members", label: "Members", isPrimary: true)
                )
                : nil
        )
    }

    static func users(_ writer: Localizer, isEmpty: Bool) -> UserListPage {
        let people = [
            user("Mei Lin", .active), user("Nora New", .invited), user("Olaf Old", .disabled),
        ]
        let choices = TenantChoices(offered: [root], lineage: [root])
        let page = Page(items: isEmpty ? [] : people, nextPageToken: isEmpty ? nil : "b")
        return UserListPage(
            page,
            tenants: choices,
            roles: roleChoices,
            text: "e",
            isFirst: isEmpty,
            refused: nil,
            writer
        )
    }

    static func user(_ writer: Localizer) -> UserPage {
        var form = QueryItems()
        form.add("timeZone", "Nowhere")
        let error = PortalError.invalid("timeZone", FieldErrorCode.invalidValue, "must be a time zone")
        let secret = SecretModel(
            title: writer.text("users.linkTitle", ["name": "Mei Lin"]),
            text: writer.text("users.linkText", ["date": "1 Dec"]),
            value: "/invitations/x"
        )
        let binding = RoleBinding(
            tenantID: root.id,
            tenantPath: root.path,
            role: .builtIn(.member),
            roleName: "member",
            permissions: Role.member.permissions
        )
        let roles = [nil, "Platform on call"].map { group in
            Membership(
                tenantID: root.id,
                tenantName: root.name,
                tenantPath: root.path,
                binding: binding,
                groupName: group
            )
        }
        return UserPage(
            UserPage.Parts(
                user: user("Mei Lin", .active),
                roles: roles,
                tokens: SampleKeys.tokenPage,
                tokensToken: nil,
                names: TenantNames([root]),
                isOwn: false,
                lockedUntil: SamplePages.now.addingTimeInterval(300),
                secret: secret,
                refused: RefusedForm("settings", form, error)
            ),
            writer
        )
    }

    /// An account without anything, whose token could not be revoked.
    static func bareUser(_ writer: Localizer) -> UserPage {
        UserPage(
            UserPage.Parts(
                user: user("Olaf Old", .disabled),
                roles: [],
                tokens: Page(items: [], nextPageToken: nil),
                tokensToken: nil,
                names: TenantNames([]),
                isOwn: true,
                lockedUntil: nil,
                secret: nil,
                refused: RefusedForm(UserPage.revokeForm, QueryItems(), .notFound("token"))
            ),
            writer
        )
    }

    static func invitations(_ writer: Localizer, isEmpty: Bool) -> InvitationListPage {
        let links = [3_600, -3_600].map { secondsLeft in
            AccountLink(
                id: AccountLinkID(),
                kind: .invitation,
                userID: UserID(),
                email: "nora@acme.example",
                name: "Nora New",
                tenantID: secondsLeft > 0 ? root.id : TenantID(),
                createdAt: SamplePages.now.addingTimeInterval(-90_000),
                expiresAt: SamplePages.now.addingTimeInterval(Double(secondsLeft)),
                usedAt: nil,
                revokedAt: nil
            )
        }
        let conflict = PortalError(.conflict, "This invitation was answered, revoked or replaced by a newer one.")
        let parts = InvitationListPage.Parts(
            links: Page(items: isEmpty ? [] : links, nextPageToken: isEmpty ? nil : "b"),
            names: TenantNames([root]),
            tenantID: isEmpty ? root.id : nil,
            pageToken: isEmpty ? nil : "a",
            choices: TenantChoices(offered: isEmpty ? [] : [root], lineage: [root]),
            roles: roleChoices,
            seesAccounts: !isEmpty,
            secret: isEmpty
                ? nil
                : SecretModel(
                    NewAccountLink(link: links[0], secret: "x"),
                    "https://portal.example/invitations/x",
                    writer
                ),
            refused: isEmpty ? nil : RefusedForm(InvitationListPage.revokeForm, QueryItems(), conflict)
        )
        return InvitationListPage(parts, writer)
    }

    static let roleChoices = RoleChoices([RoleDefinition(.member), operatorRole, bare], [root])

    private static func user(_ name: String, _ status: User.Status) -> User {
        User(
            id: UserID(),
            email: name.lowercased().replacingOccurrences(of: " ", with: ".") + "@acme.example",
            name: name,
            disabledAt: status == .disabled ? SamplePages.now : nil,
            createdAt: SamplePages.now.addingTimeInterval(-900_000),
            invitedAt: status == .invited ? SamplePages.now : nil,
            away: status == .active
                ? AwayDays(
                    from: CalendarDay(SamplePages.now, in: .gmt),
                    until: CalendarDay(SamplePages.now, in: .gmt)
                ) : nil,
            signedInAt: status == .active ? SamplePages.now.addingTimeInterval(-7_200) : nil
        )
    }
}
