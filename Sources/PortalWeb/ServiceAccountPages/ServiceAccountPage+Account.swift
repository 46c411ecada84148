import Portal

extension ServiceAccountPage {
    /// The forms that are buttons only; their refusals are shown at the top of the page.
    private static let buttons: Set = ["removeRole", "revokeToken", "removeCertificate"]

    /// The page of an account.
    init(_ parts: Parts, _ writer: Localizer) {
        let account = parts.account
        let path = Route.serviceAccountPage(account.id).path
        let manages = parts.choices != nil
        title = account.name
        crumbs = [LinkModel(href: Route.serviceAccountsPage.path, label: writer.text("services.title"))]
        badge = account.badge(writer)
        lead = writer.text("services.of", ["tenant": .text(parts.names.path(parts.tenant.id) ?? parts.tenant.name)])
        menus = manages ? Self.menus(parts, writer) : []
        errorSummary = parts.refused.flatMap { Self.buttons.contains($0.name) ? $0.summary([:], writer) : nil }
        secret = parts.created.map { SecretModel($0, writer) }
        roles = parts.memberships.map { HeldRoleModel($0, remove: Self.removal(of: $0, parts, writer), writer) }
        roleMenus = parts.choices.map { [Self.roleMenu($0, parts, writer)] } ?? []
        let revokeAction = manages ? Route.serviceAccountPageTokenRevoke(account.id).path : nil
        tokenList = TokenList(
            tokens: parts.tokens.items.map { TokenRow($0, parts.names, revokeAction: revokeAction, writer) },
            pager: .init(path, "tokens", parts.tokensToken, parts.tokens.nextPageToken),
            form: Self.tokenForm(parts, writer)
        )
        certificateList = CertificateList(
            certificates: parts.certificates.items.map { Certificate($0, parts, writer) },
            pager: .init(path, "certificates", parts.certificatesToken, parts.certificates.nextPageToken),
            menus: manages && parts.caller.has(.usersManage) ? [Self.certificateMenu(parts, writer)] : []
        )
        details = [
            FactModel(name: writer.text("tenant.created"), time: writer.time(account.createdAt)),
            FactModel(name: writer.text("tenant.id"), value: account.id.description),
        ]
    }

    private static func menus(_ parts: Parts, _ writer: Localizer) -> [MenuFormModel] {
        let account = parts.account
        func form(_ kind: String, icon: String, _ route: Route, isDanger: Bool = false) -> MenuFormModel {
            MenuFormModel(
                summary: writer.text("services.\(kind)"),
                icon: icon,
                action: route.path,
                submit: writer.text("services.\(kind)"),
                text: writer.text("services.\(kind)Text", ["name": .text(account.name)]),
                isDanger: isDanger
            ).refused(parts.refused, named: kind, writer)
        }
        let refusedVersion = parts.refused.flatMap { $0.name == "rename" ? $0.value("version") : nil }
        let version = refusedVersion ?? account.etag.description
        let rename = MenuFormModel(
            summary: writer.text("tenant.rename"),
            icon: "edit",
            action: Route.serviceAccountPageRename(account.id).path,
            submit: writer.text("tenant.renameSubmit"),
            hidden: [OptionModel(value: version, label: "version")],
            fields: [nameField(account.name, writer)]
        ).refused(parts.refused, named: "rename", writer)
        let state =
            account.disabledAt == nil
            ? form("disable", icon: "pause", .serviceAccountPageDisable(account.id))
            : form("enable", icon: "undo", .serviceAccountPageEnable(account.id))
        return [rename, state, form("delete", icon: "trash", .serviceAccountPageDelete(account.id), isDanger: true)]
    }

    private static func roleMenu(_ choices: Choices, _ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("services.giveRole"),
            icon: "plus",
            action: Route.serviceAccountPageRoles(parts.account.id).path,
            submit: writer.text("tenant.addUserSubmit"),
            selects: [
                .tenant(id: "give-tenant", choices.tenants, selected: parts.tenant.id, writer),
                choices.roles.select(id: "give-role", writer),
            ]
        ).refused(parts.refused, named: "giveRole", writer)
    }

    private static func removal(
        of membership: Membership,
        _ parts: Parts,
        _ writer: Localizer
    ) -> HeldRoleModel.Remove? {
        guard membership.groupName == nil, parts.caller.has(.membersManage, onPath: membership.tenantPath) else {
            return nil
        }
        let role = writer.roleName(membership.binding.role, membership.binding.roleName)
        return HeldRoleModel.Remove(
            action: Route.serviceAccountPageRoleRemoval(parts.account.id).path,
            label: writer.text("tenant.takeRole", ["role": .text(role), "name": .text(parts.account.name)]),
            tenant: membership.tenantID.description,
            role: membership.binding.role.description
        )
    }

    private static func tokenForm(_ parts: Parts, _ writer: Localizer) -> TokenForm? {
        guard let choices = parts.choices, parts.account.disabledAt == nil else { return nil }
        let permissions = parts.memberships.reduce(into: Set<Permission>()) { $0.formUnion($1.binding.permissions) }
        return TokenForm(
            TokenForm.Choices(tenants: choices.tenants, permissions: permissions, limits: parts.limits),
            action: Route.serviceAccountPageTokens(parts.account.id).path,
            refused: parts.refused,
            writer
        )
    }

    private static func certificateMenu(_ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        func field(_ name: String, type: String = "text", isRequired: Bool) -> FieldModel {
            FieldModel(
                id: "certificate-\(name)",
                name: name,
                label: writer.text("certificates.\(name)"),
                type: type,
                hint: writer.text("certificates.\(name)Hint"),
                optional: isRequired ? nil : writer.text("wizard.optional"),
                autocomplete: "off",
                maxLength: PortalLimits.Identity.certificateNameLengthMax,
                isRequired: isRequired
            ).described
        }
        return MenuFormModel(
            summary: writer.text("certificates.add"),
            icon: "plus",
            action: Route.serviceAccountPageCertificates(parts.account.id).path,
            submit: writer.text("certificates.addSubmit"),
            text: writer.text("certificates.addText"),
            fields: [
                field("value", isRequired: true), field("issuer", isRequired: false),
                field("expiresAt", type: "date", isRequired: false),
            ],
            selects: [
                SelectModel(
                    id: "certificate-kind",
                    name: "kind",
                    label: writer.text("certificates.kindTitle"),
                    options: CertificateMapping.Kind.allCases.map { kind in
                        OptionModel(
                            value: kind.rawValue,
                            label: writer.text("certificates.kind.\(kind.rawValue)"),
                            isSelected: kind == .uri
                        )
                    },
                    isRequired: true
                )
            ]
        ).refused(parts.refused, named: "addCertificate", writer)
    }
}

extension ServiceAccountPage.Certificate {
    fileprivate init(_ mapping: CertificateMapping, _ parts: ServiceAccountPage.Parts, _ writer: Localizer) {
        self.init(
            kind: writer.text("certificates.kind.\(mapping.kind.rawValue)"),
            value: mapping.value,
            issuer: mapping.issuer.map { writer.text("certificates.issuedBy", ["issuer": .text($0)]) },
            createdAt: writer.time(mapping.createdAt),
            lastUsedAt: mapping.lastUsedAt.map { writer.time($0) },
            expiresAt: mapping.expiresAt.map { writer.time($0) },
            badge: mapping.isUsable(at: writer.now) ? nil : BadgeModel(writer.text("tokens.expired"), .gone),
            remove: parts.choices == nil
                ? nil
                : ServiceAccountPage.Remove(
                    action: Route.serviceAccountPageCertificateRemoval(parts.account.id).path,
                    certificate: mapping.id.description,
                    label: writer.text("certificates.remove", ["value": .text(mapping.value)])
                )
        )
    }
}
