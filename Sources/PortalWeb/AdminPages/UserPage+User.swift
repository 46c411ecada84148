import Foundation
import Portal

extension UserPage {
    /// What the page is made of.
    struct Parts: Sendable {
        let user: User
        let roles: [Membership]
        let tokens: Page<APIToken>
        let tokensToken: String?
        /// The tenants that tokens are narrowed to.
        let names: TenantNames
        let isOwn: Bool
        let lockedUntil: Date?
        let secret: SecretModel?
        let refused: RefusedForm?
    }

    /// The page of an account.
    init(_ parts: Parts, _ writer: Localizer) {
        let user = parts.user
        let refused = parts.refused
        title = user.name
        email = user.email
        crumbs = [LinkModel(href: Route.adminUsersPage.path, label: writer.text("users.title"))]
        badge = user.badge(writer)
        menus = Self.menus(user, isOwn: parts.isOwn, isLocked: parts.lockedUntil != nil, refused, writer)
        secret = parts.secret
        notices = Self.notices(user, lockedUntil: parts.lockedUntil, writer)
        settings = Settings(user, refused, writer)
        roles = parts.roles.map { HeldRoleModel($0, remove: nil, writer) }
        tokenList = TokenList(
            errorSummary: refused.flatMap { $0.name == Self.revokeForm ? $0.summary([:], writer) : nil },
            tokens: parts.tokens.items.map {
                TokenRow($0, parts.names, revokeAction: Route.adminUserPageTokenRevoke(user.id).path, writer)
            },
            pager: .init(
                Route.adminUserPage(user.id).path,
                "tokens",
                parts.tokensToken,
                parts.tokens.nextPageToken
            )
        )
        details = [
            user.signedInAt.map { FactModel(name: writer.text("users.lastSignIn"), time: writer.time($0)) }
                ?? FactModel(name: writer.text("users.lastSignIn"), value: writer.text("users.never")),
            FactModel(name: writer.text("users.created"), time: writer.time(user.createdAt)),
            FactModel(name: writer.text("tenant.id"), value: user.id.description),
        ]
    }

    private static func notices(_ user: User, lockedUntil: Date?, _ writer: Localizer) -> [NoticeModel] {
        var notices: [NoticeModel] = []
        if let lockedUntil {
            notices.append(
                NoticeModel(
                    tone: StatusLook.bad.tone,
                    icon: "key",
                    title: writer.text("users.locked"),
                    text: writer.text("users.lockedText", ["time": .text(writer.time(lockedUntil).absolute)])
                )
            )
        }
        if user.isAway(at: writer.now) {
            notices.append(
                NoticeModel(
                    tone: StatusLook.wait.tone,
                    icon: "calendar",
                    title: writer.text("users.away"),
                    text: user.away.map { "\($0.from) – \($0.until)" }
                )
            )
        }
        return notices
    }

    private static func menus(
        _ user: User,
        isOwn: Bool,
        isLocked: Bool,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> [MenuFormModel] {
        func form(_ kind: String, icon: String, _ route: Route, isDanger: Bool = false) -> MenuFormModel {
            MenuFormModel(
                summary: writer.text("users.\(kind)"),
                icon: icon,
                action: route.path,
                submit: writer.text("users.\(kind)"),
                text: writer.text("users.\(kind)Text", ["name": .text(user.name)]),
                isDanger: isDanger
            ).refused(refused, named: kind, writer)
        }
        var menus: [MenuFormModel] = []
        if isLocked { menus.append(form("unlock", icon: "undo", .adminUserPageUnlock(user.id))) }
        if user.status != .disabled { menus.append(form("reset", icon: "key", .adminUserPageReset(user.id))) }
        if user.status == .disabled {
            menus.append(form("enable", icon: "undo", .adminUserPageEnable(user.id)))
        } else if !isOwn {
            menus.append(form("disable", icon: "cross", .adminUserPageDisable(user.id), isDanger: true))
        }
        return menus
    }
}

extension HeldRoleModel {
    /// A role with the name of its tenant, and the group that gives it.
    init(_ membership: Membership, remove: Remove?, _ writer: Localizer) {
        self.init(
            href: Route.tenantPage(membership.tenantID).path + "#members",
            text: writer.text(
                "users.roleAt",
                [
                    "role": .text(writer.roleName(membership.binding.role, membership.binding.roleName)),
                    "tenant": .text(membership.tenantName),
                ]
            ),
            note: membership.groupName.map { writer.text("users.throughGroup", ["group": .text($0)]) },
            remove: remove
        )
    }
}

extension UserPage.Settings {
    fileprivate init(_ user: User, _ refused: RefusedForm?, _ writer: Localizer) {
        let form = refused.flatMap { $0.name == "settings" ? $0 : nil }
        let stored = [
            "name": user.name, "timeZone": user.timeZone, "awayFrom": user.away?.from.description ?? "",
            "awayUntil": user.away?.until.description ?? "",
        ]
        func field(_ name: String, type: String = "text", hint: String? = nil) -> FieldModel {
            FieldModel(
                id: "user-\(name)",
                name: name,
                label: writer.text("users.\(name)"),
                value: form?.value(name) ?? stored[name] ?? "",
                type: type,
                hint: hint,
                autocomplete: "off",
                error: form?.problem(name, writer)
            ).described
        }
        let chosen = form.map { $0.value("locale") } ?? user.locale?.rawValue ?? ""
        let languages =
            [OptionModel(value: "", label: writer.text("users.localeBrowser"), isSelected: chosen.isEmpty)]
            + PortalLanguage.allCases.map { language in
                OptionModel(
                    value: language.rawValue,
                    label: language.ownName,
                    isSelected: language.rawValue == chosen
                )
            }
        let ids = ["name", "timeZone", "awayFrom", "awayUntil", "locale"].map { ($0, "user-\($0)") }
        self.init(
            action: Route.adminUserPage(user.id).path,
            version: form?.value("version") ?? user.etag.description,
            errorSummary: form?.summary(Dictionary(ids, uniquingKeysWith: { first, _ in first }), writer),
            fields: [
                field("name"), field("timeZone"), field("awayFrom", type: "date"),
                field("awayUntil", type: "date", hint: writer.text("users.awayHint")),
            ],
            selects: [
                SelectModel(id: "user-locale", name: "locale", label: writer.text("users.locale"), options: languages)
            ]
        )
    }
}
